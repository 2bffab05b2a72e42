package cause

import "strings"

// shells have nothing but the shell of a message.
var shells = []rule{
	{
		name: "algorithm_refused", class: UserCode, label: Permanent,
		when:    isAlgorithmRefusal,
		source:  "SageMaker built-in algorithms: ClientError with exit code 2 blames input or hyperparameters",
		example: "ClientError: ClientError: rows of two kinds (caused by DataReader), exit code: 2",
	},
	{
		name: "ended_by_signal", class: StoppedOrTimeout, label: Ambiguous,
		says:    []string{"sigterm"},
		exit:    []int{143, 130},
		source:  "128+15 and 128+2: the container was told to end, by a stop, a limit or its host",
		example: "AlgorithmError: , exit code: 143",
	},
	{
		name: "user_code_silent", class: UserCode, label: Ambiguous,
		when: isUserSilent,
		says: []string{
			"see job logs", "check * logs", "see * logs", "look at the logs", "command \"~",
			"orted process exited", "reporting training failure", "non-zero exit", "nonzero exit",
			"non-zero code", "returned non-zero", "exited with", "terminated with exit", "segmentation fault",
			"core dumped", "sigsegv", "sigabrt", "sigterm", "childfailederror", "mpirun", "process exited",
			"raise ~", "runtimeerror", "oserror", "userexception", "unhandled exception", "is a directory", "not a directory", "uncaught exception",
			"container exited", "container * exited", "exited unexpectedly", "training failed", "training job failed", "job failed",
			"cloudwatch",
		},
		codes: []string{
			"runtimeerror", "oserror", "environmenterror", "calledprocesserror", "childfailederror",
			"algorithmerror", "systemexit",
		},
		source:  "SageMaker training toolkit: what the script printed is only in the log",
		example: "AlgorithmError: See job logs for more information",
	},
	{
		name: "data_transfer_failed", class: DataMissing, label: Ambiguous,
		says: []string{
			"data download failed", "download failed", "failed to download", "unable to download",
			"could not download", "error downloading",
		},
		source:  "SageMaker on inputs that it could not fetch, the reason not told",
		example: "ClientError: Data download failed:Unable to download the channel",
	},
}

// isUserSilent reports whether the user's code spoke, or only a command line is
// left of it.
func isUserSilent(m *message) (int, bool) { return 0, m.user }

// isAlgorithmRefusal reports whether a built-in algorithm blamed its input.
func isAlgorithmRefusal(m *message) (int, bool) {
	return 0, m.client && strings.HasSuffix(strings.TrimRight(m.low, ".\""), "exit code: 2")
}

// The exception types are those of Pipelines' retry policies, with and without
// the service's prefix.

func policySaysCapacity(m *message) (int, bool) {
	return 0, strings.HasSuffix(m.policy, "capacity_error")
}

func policySaysQuota(m *message) (int, bool) { return 0, strings.HasSuffix(m.policy, "resource_limit") }

func policySaysFault(m *message) (int, bool) {
	return 0, strings.HasSuffix(m.policy, "job_internal_error") || strings.HasSuffix(m.policy, "service_fault")
}
