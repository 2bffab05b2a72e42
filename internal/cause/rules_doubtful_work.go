package cause

// opaque say that work or another change failed, and not why.
var opaque = []rule{
	{
		name: "stream_failed", class: ServiceFault, label: Ambiguous,
		codes: []string{
			"modelstreamerror", "generalservice", "generic_internal_error", "hive_metastore_error", "hive_cannot_open_split",
		},
		says:    []string{"error while processing the model", "reading from or writing to a connected file system"},
		unless:  []string{"slow down", "slowdown", "503", "retry your request"},
		source:  "Amazon Bedrock and Athena: the service or what was asked of it",
		example: "GENERIC_INTERNAL_ERROR: 0 of 3",
	},
	{
		name: "native_crash", class: UserCode, label: Ambiguous,
		says: []string{
			"free(): invalid~", "double free", "terminate called", "munmap_chunk", "malloc(): ~", "corrupted size vs",
			"stack smashing", "fatal python error", "illegal instruction",
		},
		source:  "glibc and the C++ runtime: memory was overwritten, by the program, a library or a broken machine",
		example: "double free or corruption (!prev)",
	},
	{
		name: "model_server_error", class: UserCode, label: Ambiguous,
		says:    []string{"received server error (5~"},
		source:  "InvokeEndpoint ModelError with a 5xx answer of the model, whatever its page says",
		example: "An error occurred (ModelError) when calling the InvokeEndpoint operation: Received server error (500) from primary with message \"The server encountered an internal error\"",
	},
	{
		name: "model_failed", class: UserCode, label: Ambiguous, calm: true,
		unless: []string{"released on a", "lost node", "internal error"},
		codes:  []string{"modelerror"},
		says: []string{
			"worker died", "fallback to per-record", "per-record prediction", "worker terminated", "workers have failed",
			"prediction error", "no training job succeeded", "training jobs failed",
			"please take a look at the training job failures", "bootstrap action~", "step_failure",
			"bootstrap_failure", "tuning job * failed", "illegal memory access", "crashloopbackoff",
			"shut down as step failed", "after last step failed", "last step failed", "user application exited", "application_~ * finished with failed",
			"exception in user code", "executorlostfailure", "stage failure", "lost executor", "executor lost",
			"executor heartbeat", "sparkcontext was shut down", "stopped sparkcontext", "launch error",
			"please check complete logs", "states.taskfailed", "mpi_abort was invoked", "check the logs",
			"job run failed", "customjar", "step * failed at", "command failed", "no_slave_left",
			"failed_by_master", "all slaves * terminated", "core nodes * failed", "from algorithm",
			"bad http status", "all_slaves_terminated", "application provisioning failed", "backofflimitexceeded",
			"specified backoff limit", "bootstrap_failure_~", "essential container in task exited", "job aborted", "lambda.unknown",
		},
		source:  "A container, cluster or child job failed and only its log says why",
		example: "An error occurred (ModelError) when calling the InvokeEndpoint operation: the model failed",
	},
	{
		name: "states_in_conflict", class: ConfigValidation, label: Ambiguous,
		http:   []int{409, 423},
		unless: []string{"an update is in progress for resource", "following state: pending"},
		codes: []string{
			"conflict", "resourceinuse", "resourceconflict",
			"optimisticlock", "invalidstate", "preconditionfailed",
		},
		says: []string{
			"is being updated", "is being deleted", "currently in use", "is in use", "update is in progress",
			"is in progress", "another operation", "conflicting operation", "concurrent modification",
			"cannot * while it is in", "currently being", "not in a state",
			"in an invalid state", "status must be", "not in service", "not inservice", "being created",
			"is pending", "is not active", "not ready", "not in * state",
		},
		source:  "AWS: something else changes the same resource; it may end, or stand",
		example: "ConflictException: Another operation on the endpoint has not ended",
	},
	likeLimit,

	likeConflict,
}
