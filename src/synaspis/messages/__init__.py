"""What partners exchange: notifications, reports, tracks, warnings, queries; each in a signed envelope."""
