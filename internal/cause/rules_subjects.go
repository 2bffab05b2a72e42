package cause

import "strings"

// subjects know what a message is about, and no more.
var subjects = []rule{
	{
		name: "permission_refused", class: AccessDenied, label: Permanent,
		says:    []string{"permission~", "iam role", "execution role", "role", "credentials", "kms", "policy"},
		and:     refusing,
		source:  "A permission is the subject, and the words are of refusal",
		example: "Please ensure that the role can be used here",
	},
	{
		name: "image_subject_refused", class: Image, label: Permanent,
		says:    []string{"docker", "ecr", "image", "registry", "entrypoint"},
		and:     refusing,
		source:  "A container image is the subject, and the words are of refusal",
		example: "Please ensure that the image holds the program",
	},
	{
		name: "wording_invalid", class: ConfigValidation, label: Permanent,
		says: []string{
			"invalid", "unsupported", "not supported", "must", "mismatch", "not allowed", "only supports",
			"does not support", "cannot specify", "please specify", "please provide", "unrecognized",
			"not permitted", "incompatible", "deprecated", "no longer supported", "malformed", "requires",
			"duplicate", "cycle", "only one of", "doesn't support", "don't support", "is not an", "is not a",
			"expected a", "expected an", "expected to", "expected type", "was expected", "were expected", "expects", "cannot be", "should be", "not valid", "exceeds", "too long", "too short",
			"unknown service", "not recognized", "is larger than", "please ensure", "please make sure", "not applicable",
			"not support", "isn't compatible", "aren't compatible", "circular", "are reserved for system", "is reserved for system", "not passed",
			"not supplied", "no default value", "unknown parameter", "unknown * parameter", "not both", "or both",
			"exceed the maximum", "exceeds the maximum", "did not validate", "different vpcs", "belong to different",
			"more than the allowed", "not satisfiable",
			"should have", "needs to be", "need to be", "needs to have", "has to be", "have to be", "has to have", "you need to",
			"supply a valid", "specify a valid", "provide a valid", "enter a valid", "an integer", "a positive", "a number",
			"a non-empty", "integer * than", "number * than", "value * than", "length * than", "at least one of", "at most one",
			"no more than", "both * specified", "both * provided", "both * set", "is a required", "mandatory",
			"expected * but", "expecting * but", "do not match any", "does not match any", "did not match any",
			"doesn't match any", "not match any", "undefined", "not one of", "isn't one of", "out of range", "not in the range",
			"in the wrong format", "wrong format", "wrong type", "unexpected key", "unexpected parameter", "unexpected value",
			"unexpected field", "unknown field", "unknown key", "unknown option", "unknown value", "no such option",
			"not provided", "not specified", "not been specified", "not defined", "can't be", "can't have", "cannot have",
			"can only be", "may only", "must contain", "must have", "isn't valid", "aren't valid", "conflicts with",
			"in combination with", "not compatible", "only one", "already in use", "already taken",
			"too many characters", "has an invalid", "use a different", "choose a different", "does not conform",
		},
		unless:  []string{"consistency check failed"},
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
		name: "exception_named", class: UserCode, label: Ambiguous,
		codes:   languageErrors,
		source:  "An exception of the language is named, not raised",
		example: "KeyError while folding",
	},
	{
		name: "about_memory", class: OutOfMemory, label: Ambiguous,
		says:    []string{"memory"},
		source:  "Only the subject is known",
		example: "Memory pressure on the host",
	},
	{
		name: "about_disk", class: DiskFull, label: Ambiguous,
		says:    []string{"disk", "disk space", "volume", "storage"},
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
	{
		name: "about_content", class: UserCode, label: Ambiguous,
		says: []string{
			"csv", "libsvm", "recordio", "parquet", "column~", "row", "rows", "feature~", "label~", "tensor~",
			"dtype", "shape", "shapes", "epoch~", "loss", "nan", "gradient~", "algorithm", "script", "python",
		},
		source:  "Only the subject, the program or its data, is known",
		example: "The third epoch ended oddly",
	},
	{
		name: "about_setting", class: ConfigValidation, label: Ambiguous,
		says: []string{
			"hyperparameter~", "parameter~", "configuration", "setting~", "definition", "argument~", "option~",
		},
		source:  "Only the subject, what was asked for, is known",
		example: "Look at the definition again",
	},
	{
		name: "exception_unknown", class: UserCode, label: Ambiguous,
		when:    isUnknownException,
		source:  "An exception that no rule knows is most likely the program's own",
		example: "pipeline.errors.FoldError: gave up on fold",
	},
	{
		name: "request_blamed", class: ConfigValidation, label: Ambiguous,
		when:    isBlamed,
		source:  "SageMaker puts ClientError before what it blames the request for, in words that no rule knows",
		example: "ClientError: the words of this one are new",
	},
}

// isUnknownException reports whether an exception was raised, whatever its name.
func isUnknownException(m *message) (int, bool) {
	if m.raised == nil {
		return 0, false
	}
	return m.raised.at, true
}

// isBlamed reports whether SageMaker blames the request in more than a word.
func isBlamed(m *message) (int, bool) { return 0, m.client && strings.Contains(m.text, " ") }

// refusing are words of refusal that no temporary fault uses.
var refusing = []string{
	"invalid", "unsupported", "not supported", "must", "not allowed", "not permitted", "does not have",
	"doesn't have", "please ensure", "please make sure", "please check that", "cannot be used", "missing",
	"incompatible", "refused by", "malformed", "not valid", "lacks", "denied", "required", "requires",
}
