package cause

import "strings"

// bare have nothing but the shell of a message.
var bare = []rule{
	{
		name: "algorithm_refused", class: UserCode, label: Permanent,
		when:    isAlgorithmRefusal,
		source:  "SageMaker built-in algorithms: ClientError with exit code 2 blames input or hyperparameters",
		example: "ClientError: ClientError: rows of two kinds (caused by DataReader), exit code: 2",
	},
	{
		name: "user_code_silent", class: UserCode, label: Ambiguous,
		when: isUserSilent,
		says: []string{
			"see job logs", "check * logs", "see * logs", "look at the logs", "command \"~",
			"orted process exited", "reporting training failure", "non-zero exit", "nonzero exit",
			"non-zero code", "returned non-zero", "exited with", "terminated with exit", "segmentation fault",
			"core dumped", "sigsegv", "sigabrt",
			"sigterm", "childfailederror", "mpirun", "process exited", "raise ~", "runtimeerror", "oserror",
			"userexception", "unhandled exception", "uncaught exception",
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
	{
		name: "wording_invalid", class: ConfigValidation, label: Permanent,
		says: []string{
			"invalid", "unsupported", "not supported", "must", "mismatch", "not allowed", "only supports",
			"does not support", "cannot specify", "please specify", "please provide", "unrecognized",
			"not permitted", "incompatible", "deprecated", "no longer supported", "malformed",
		},
		source:  "Words of refusal that no temporary fault uses",
		example: "The batch strategy and the split type are incompatible",
	},
	{
		name: "policy_capacity", class: Capacity, label: Ambiguous,
		when:    policySaysCapacity,
		source:  "Pipelines' retry policy sentence, as weak evidence",
		example: "Retry not appropriate on execution of step with StepId S. No retry policy configured for the exception type SAGEMAKER_CAPACITY_ERROR.",
	},
	{
		name: "policy_quota", class: QuotaContention, label: Ambiguous,
		when:    policySaysQuota,
		source:  "Pipelines' retry policy sentence: also stands under quotas of zero",
		example: "Retry not appropriate on execution of step with StepId S. No retry policy configured for the exception type SAGEMAKER_RESOURCE_LIMIT.",
	},
	{
		name: "policy_fault", class: ServiceFault, label: Ambiguous,
		when:    policySaysFault,
		source:  "Pipelines' retry policy sentence, as weak evidence",
		example: "Retry not appropriate on execution of step with StepId S. No retry policy configured for the exception type SAGEMAKER_JOB_INTERNAL_ERROR.",
	},
	{
		name: "about_memory", class: OutOfMemory, label: Ambiguous,
		says:    []string{"memory"},
		source:  "Only the subject is known",
		example: "Memory pressure on the host",
	},
	{
		name: "about_disk", class: DiskFull, label: Ambiguous,
		says:    []string{"disk", "disk space", "volume"},
		source:  "Only the subject is known",
		example: "The disk could not be used",
	},
	{
		name: "about_image", class: Image, label: Ambiguous,
		says:    []string{"docker", "ecr", "image", "registry"},
		source:  "Only the subject is known",
		example: "The registry gave no answer that is known",
	},
	{
		name: "about_permission", class: AccessDenied, label: Ambiguous,
		says:    []string{"permission~", "credentials", "iam role", "execution role", "policy", "kms"},
		source:  "Only the subject is known",
		example: "Look at the execution role",
	},
	{
		name: "about_capacity", class: Capacity, label: Ambiguous,
		says:    []string{"capacity", "provision~"},
		source:  "Only the subject is known",
		example: "The cluster's capacity was at issue",
	},
	{
		name: "about_limit", class: QuotaContention, label: Ambiguous,
		says:    []string{"limit~", "quota~"},
		source:  "Only the subject is known",
		example: "A limit was met",
	},
	{
		name: "about_network", class: Network, label: Ambiguous,
		says:    []string{"network~", "connection", "connect", "vpc", "subnet~", "socket", "dns", "ssl", "host"},
		source:  "Only the subject is known",
		example: "The connection is not usable",
	},
	{
		name: "about_data", class: DataMissing, label: Ambiguous,
		says:    []string{"s3", "bucket", "not found", "missing", "empty"},
		source:  "Only the subject is known",
		example: "The bucket is at issue",
	},
	{
		name: "about_stop", class: StoppedOrTimeout, label: Ambiguous,
		says:    []string{"stopped", "aborted", "cancelled", "canceled", "killed"},
		source:  "Only the subject is known",
		example: "Stopped",
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
