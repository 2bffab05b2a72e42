package cause

import "strings"

// toldApart are messages that look like another kind and are not, and those
// whose structure settles them whatever their words.
var toldApart = []rule{
	{
		name: "fail_step", class: UserCode, label: Permanent,
		when:   isFailStep,
		source: "SageMaker developer guide: an execution that ends with a Fail step cannot be retried",
		// The example's step type is Fail; the words are the author's own.
		example: "CapacityError: the author of the pipeline wrote this",
	},
	{
		name: "credentials_expired", class: AccessDenied, label: Ambiguous,
		codes: []string{"expiredtoken", "requestexpired", "tokenrefreshrequired"},
		says: []string{
			"security token * expired", "token has expired", "token is expired", "credentials have expired",
			"expired credentials",
		},
		source:  "AWS common errors: ExpiredTokenException; a new run starts with fresh credentials but may outlive them again",
		example: "An error occurred (ExpiredToken) when calling the PutObject operation: The provided token has expired.",
	},
	{
		name: "quota_never_fits", class: QuotaZero, label: Permanent,
		when:    quotaNeverFits,
		says:    []string{"limit is 0", "quota is 0", "limit of 0", "quota of 0", "limit * is 0", "quota * is 0", "concurrency is 0", "concurrency of 0", "concurrency is set to 0", "reserved concurrency 0", "concurrency set to 0"},
		source:  "Arithmetic of ResourceLimitExceeded: a limit of 0, or a request greater than the limit",
		example: "The account-level service limit 'ml.p4d.24xlarge for training job usage' is 2 Instances, with current utilization of 0 Instances and a request delta of 4 Instances.",
	},
	{
		name: "quota_kept", class: QuotaContention, label: Permanent,
		when:    quotaKept,
		source:  "ResourceLimitExceeded on counts of resources that stay until somebody deletes them",
		example: "The account-level service limit 'Maximum number of models allowed per account' is 1,000 Models, with current utilization of 1,000 Models and a request delta of 1 Models.",
	},
	{
		name: "quota_held", class: QuotaContention, label: Ambiguous,
		when:    quotaHeld,
		source:  "ResourceLimitExceeded on endpoints, notebooks and apps, which run until somebody stops them",
		example: "The account-level service limit 'ml.c5.xlarge for endpoint usage' is 4 Instances, with current utilization of 4 Instances and a request delta of 1 Instances.",
	},
	{
		name: "quota_unpaid", class: QuotaZero, label: Permanent,
		says: []string{
			"check your plan and billing", "insufficient_quota", "billing hard limit",
			"exceeded your current quota, please check", "resource monitor * exceeded", "monthly included credits",
			"out of credits", "no credits", "credit balance is too low", "monthly quota", "monthly limit",
		},
		source:  "Model providers' APIs: the account has no credit",
		example: "openai.RateLimitError: Error code: 429 - You exceeded your current quota, please check your plan and billing details.",
	},
	{
		name: "managed_model_ping", class: ServiceFault, label: Ambiguous,
		says:    []string{"ping health check"},
		and:     []string{"job exited for model"},
		source:  "SageMaker developer guide, foundation model evaluations: wait and run the job again",
		example: "Error hosting endpoint jumpstart-eval: Failed. Reason: The primary container for production variant AllTraffic did not pass the ping health check., Job exited for model: m of model_type: jumpstart",
	},
	{
		name: "instance_not_offered", class: ConfigValidation, label: Permanent,
		says: []string{
			"instance type * not supported in", "instance type * is not available in this region",
			"requested resource * is not available in this region",
			"unable to locate at least * availability zone~", "instance type * not offered",
			"not supported in your requested availability zone", "instance type * is not supported",
			"is not a supported instance type", "unsupported instance type", "invalid instance type",
			"instance type * is invalid", "is not available in us-~", "is not available in eu-~",
			"is not available in ap-~", "is not available in ca-~", "is not available in sa-~",
		},
		unless:  []string{"temporarily not", "right now", "currently", "at this time", "at the moment"},
		source:  "SageMaker and EMR refusals where a Region or zone does not offer the type; no capacity will come",
		example: "ClientError: Failed to invoke sagemaker:CreateTransformJob. Error Details: The requested resource transform-job/ml.p3.2xlarge is not available in this region",
	},
	{
		name: "spot_setting", class: ConfigValidation, label: Permanent,
		says: []string{
			"invalid maxwaittimeinseconds", "maxwaittimeinseconds * must be",
			"maxwaittimeinseconds is required", "only supported when enablemanagedspottraining",
		},
		source:  "CreateTrainingJob validation; EC2 spot request status codes",
		example: "Invalid MaxWaitTimeInSeconds. MaxWaitTimeInSeconds must be greater than or equal to MaxRuntimeInSeconds",
	},
	{
		name: "model_timed_out", class: DependencyTimeout, label: Ambiguous,
		codes:   []string{"modelerror", "modelinvocationtimeout"},
		and:     []string{"timed out", "time out", "timeout", "could not get a response"},
		source:  "InvokeEndpoint ModelError: too slow, or overloaded",
		example: "An error occurred (ModelError) when calling the InvokeEndpoint operation: Received server error (0) from primary with message \"Your invocation timed out while waiting for a response from container primary\".",
	},
	{
		name: "placeholder_in_name", class: UserCode, label: Permanent,
		when:    hasPlaceholder,
		source:  "A variable that was never set, printed into a path: Python's None, JavaScript's undefined, SQL's null",
		example: "OSError: None/resolve/main is no model: https://hub.example/None/config.json",
	},
	{
		name: "upload_too_large", class: ConfigValidation, label: Permanent,
		codes:   []string{"entitytoolarge", "entitytoosmall"},
		says:    []string{"proposed upload exceeds", "request too large for", "413 request entity too large"},
		source:  "Amazon S3 EntityTooLarge, HTTP 413 of a front end, model providers: more than one request may hold",
		example: "EntityTooLarge: see the limits of an upload",
	},
	{
		name: "too_large", class: UserCode, label: Permanent,
		http: []int{413},
		says: []string{
			"oversize body", "oversize", "payload * exceed~", "request body * exceed~", "request too large",
			"entity too large", "request entity too large", "payload too large", "payload size",
			"message length * larger", "larger than max", "message size * exceed~", "size exceeding",
			"exceeding the maximum number of bytes",
		},
		codes:   []string{"requesttoolarge", "requestentitytoolarge", "payloadtoolarge"},
		source:  "AWS Lambda RequestTooLarge, HTTP 413, gRPC message size",
		example: "The request payload exceeded the Invoke request body JSON input quota.",
	},
	{
		name: "packages_not_installed", class: Network, label: Ambiguous,
		unless: []string{
			"errno 28", "no space", "403", "401", "permission denied", "no such file", "disk quota",
			"conflicting dependencies", "syntaxerror", "http error 5~", "503 server error", "502 server error",
			"504 server error", "not found", "illegal char~", "http 500", "http 502", "http 503", "http 504",
			"requires-python", "different python version", "(from versions: 0~", "(from versions: 1~",
			"(from versions: 2~", "(from versions: 3~",
		},
		says: []string{
			"'pip', 'install'", "pip install", "no matching distribution found",
			"could not find a version that satisfies", "pypi", "conda install", "condahttperror",
			"failed building wheel", "failed to build", "could not install packages", "pip subprocess",
			"apt-get", "yum", "requirements.txt",
		},
		source:  "pip and conda: the index was out of reach, or the requirement cannot be met",
		example: "CalledProcessError: Command '['python', '-m', 'pip', 'install', '-r', 'requirements.txt']' returned non-zero exit status 1",
	},
	{
		name: "local_socket", class: UserCode, label: Permanent,
		says:    []string{"connect() to unix:", "unix:~ failed", "unix socket * refused"},
		source:  "nginx in the serving stack: the worker behind its own socket never came up",
		example: "connect() to unix:/run/model.sock failed (111: Connection refused) while connecting to upstream",
	},
	{
		name: "local_peer", class: UserCode, label: Ambiguous,
		unless: []string{"credential~", "metadata"},
		says: []string{
			"connection refused", "connection reset", "connection timed out", "max retries exceeded",
			"failed to connect", "failed to respond", "prematurely closed connection while reading response header", "connection aborted", "remote end closed",
		},
		and:     []string{"localhost", "127.0.0.1", "0.0.0.0", "[::1]", "response header from upstream"},
		source:  "A process of the same container is the one that does not answer",
		example: "ConnectionRefusedError: [Errno 111] Connection refused: 127.0.0.1:8080",
	},
}

// hasPlaceholder looks at the text itself: paths and URLs are blanked in low.
func hasPlaceholder(m *message) (int, bool) {
	for _, name := range []string{"/None/", "://None", "'None'", "/undefined/", "/null/", "/NaN/"} {
		if at := strings.Index(m.text, name); at >= 0 {
			return at, true
		}
	}
	return 0, false
}

func isFailStep(m *message) (int, bool) { return 0, m.stepType == "Fail" }

func quotaNeverFits(m *message) (int, bool) { return m.quotaWhere(quota.never) }

func quotaKept(m *message) (int, bool) { return m.quotaWhere(quota.kept) }

func quotaHeld(m *message) (int, bool) { return m.quotaWhere(quota.held) }

func quotaInUse(m *message) (int, bool) {
	return m.quotaWhere(func(q quota) bool { return q.wanted >= 0 })
}

// quotaWhere reports whether one of the quotas stated is as asked.
func (m *message) quotaWhere(is func(quota) bool) (int, bool) {
	for _, q := range m.quotas {
		if is(q) {
			return m.quotaAt, true
		}
	}
	return 0, false
}
