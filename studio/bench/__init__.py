"""What this machine can do: the craft's workloads, measured against the plain way of doing them."""
