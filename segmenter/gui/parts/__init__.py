"""Connected regions under the hand: merged and divided on the canvas."""
