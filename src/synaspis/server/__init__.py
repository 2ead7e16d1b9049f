"""The exchange centre on the network: web application, certificates, limits; no decisions of its own."""
