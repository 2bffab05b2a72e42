// Package event reads what a function is invoked with: the bytes of an
// EventBridge event or of a wake become a retry.Notice, or a reason to ignore
// them. It asks nobody and trusts nothing: whatever is not about a failure of
// an execution of this account and Region ends here, said so and for good.
package event
