package cause

// passingSentences are whole sentences and codes from AWS's API references, on faults
// that pass by themselves. Their words ("rejected", "exceeds", "configured") are
// those of refusals elsewhere, so they are read as sentences, and before the
// single words of the other tables for passing faults.
var passingSentences = []rule{
	{
		name: "fault_in_full", class: ServiceFault, label: Transient, sure: true,
		codes: []string{
			"cloudhsminternal", "cloudhsminternalfailure", "entitytemporarilyunmodifiable", "internalstreamfailure",
			"toomanyupdates",
		},
		says: []string{
			"rejected because an internal exception occurred.", "rejected because of an internal error.",
			"rejected because an internal error occurred.", "rejected because of an aws cloudhsm internal failure",
			"rejected because an aws cloudhsm internal failure", "kms key was not available. you can retry",
			"unknown error, exception, or failure", "unexpected amazon ec2 client exception",
			"two processes are trying to modify a resource", "multiple requests to change this object were submitted",
			"exception with an internal dependency", "resource that supports one update at a time",
			"still processing a prior request", "error processing your request was encountered by the service",
		},
		unless:  []string{"algorithm", "user code", "not a transient", "non-transient"},
		source:  "API references of AWS KMS, AWS CloudHSM, AWS IAM, AWS Glue, Amazon SageMaker, AWS Lambda, Systems Manager and Route 53",
		example: "The request was rejected because an internal exception occurred.",
	},
	{
		name: "dependency_slow_in_full", class: DependencyTimeout, label: Transient, own: true, sure: true,
		says:    []string{"system timed out while trying to fulfill the request"},
		source:  "AWS KMS DependencyTimeoutException, its sentence without the code: can be retried",
		example: "The system timed out while trying to fulfill the request.",
	},
	{
		name: "agent_slow", class: ServiceFault, label: Transient, own: true,
		codes:   []string{"cannotinspectcontainererror"},
		says:    []string{"could not transition to inspecting"},
		unless:  []string{"no such", "not found", "permission denied", "out of memory"},
		source:  "Amazon ECS stopped task errors: the machine's agent could not ask its container runtime in time",
		example: "CannotInspectContainerError: the runtime gave no answer",
	},
	{
		name: "throughput_used_up", class: Throttling, label: Transient, sure: true,
		codes: []string{"kmsthrottled"},
		says: []string{
			"level of configured provisioned throughput * was exceeded", "rate of requests exceeds the allowed throughput",
			"request rate for the stream is too high", "exceeds the current throughput limit",
			"rate at which you may call",
		},
		source:  "API references of Amazon DynamoDB, Amazon Kinesis and AWS KMS: the same call later is within the rate",
		example: "Rate of requests exceeds the allowed throughput.",
	},
	{
		name: "spot_status", class: SpotInterruption, label: Transient, sure: true,
		says: []string{
			"instance-terminated-by-price", "instance-stopped-by-price", "instance-terminated-no-capacity",
			"instance-stopped-no-capacity", "server.spotinstancetermination", "server.spotinstanceshutdown",
		},
		unless:  []string{"constraint"},
		source:  "EC2 spot request status codes and state change reasons, as codes",
		example: "instance-stopped-by-price: the market moved",
	},
}
