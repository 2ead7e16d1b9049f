"""The data exchange centre: intake, log, release by agreement, one fused picture per set of equal rights."""
