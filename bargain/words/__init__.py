"""What chapters say in sentences that follow from computed results, one module a chapter."""
