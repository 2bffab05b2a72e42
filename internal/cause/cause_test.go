package cause

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestRead(t *testing.T) {
	const (
		passing = "CapacityError: Unable to provision requested ML compute capacity."
		lasting = "AlgorithmError: KeyError: 'label'"
		unclear = "no words that are known"
	)
	tests := []struct {
		name   string
		failed []Step
		want   Cause
	}{
		{"no step", nil, Cause{Class: Unknown, Label: Ambiguous}},
		{"one", []Step{{Name: "Train", Reason: passing}}, Cause{Class: Capacity, Label: Transient, Step: "Train", Rule: "no_capacity"}},
		{"permanent beats transient", []Step{{Name: "Train", Reason: passing}, {Name: "Prep", Reason: lasting}},
			Cause{Class: UserCode, Label: Permanent, Step: "Prep", Rule: "python_exception"}},
		{"unknown beats transient", []Step{{Name: "Train", Reason: passing}, {Name: "Prep", Reason: unclear}},
			Cause{Class: Unknown, Label: Ambiguous, Step: "Prep"}},
		{"permanent beats unknown", []Step{{Name: "Prep", Reason: unclear}, {Name: "Train", Reason: lasting}},
			Cause{Class: UserCode, Label: Permanent, Step: "Train", Rule: "python_exception"}},
		{"first of equals", []Step{{Name: "A", Reason: passing}, {Name: "B", Reason: "Rate exceeded"}},
			Cause{Class: Capacity, Label: Transient, Step: "A", Rule: "no_capacity"}},
		{"fail step", []Step{{Name: "Train", Reason: passing}, {Name: "Gate", Type: "Fail"}},
			Cause{Class: UserCode, Label: Permanent, Step: "Gate", Rule: "fail_step"}},
		{"name is cleaned", []Step{{Name: "a\x1b[31m\u202eb", Reason: passing}},
			Cause{Class: Capacity, Label: Transient, Step: "a [31mb", Rule: "no_capacity"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Read(tt.failed)
			got.Evidence, got.Fingerprint, got.Confidence, got.Type = "", "", "", ""
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// TestNeverTransient holds messages of lasting failures that use the words of
// passing ones.
func TestNeverTransient(t *testing.T) {
	for _, reason := range []string{
		"Cannot create the environment in eu-west-3c: the zone does not have sufficient capacity. Choose from these zones: eu-west-3a, eu-west-3b.",
		"Cluster c cannot be made: euw1-az3, the targeted availability zone, has no capacity",
		"Batch strategy MultiRecord requires SplitType. An error occurred (ThrottlingException) when calling the DescribeTransformJob operation: Rate exceeded",
		"An error occurred (ValidationException) when calling the CreateModel operation: the name is taken. An error occurred (ThrottlingException) when calling the DescribeModel operation: Rate exceeded",
		"The dataset is not supported. The service is temporarily unavailable, try again later.",
		"The bucket is in a different region. The service is temporarily unavailable",
		"KeyError: 'label' CapacityError: Unable to provision requested ML compute capacity.",
		"Could not connect to the queue. An error occurred (ThrottlingException) when calling the SendMessage operation: Rate exceeded",
		"upstream prematurely closed connection while reading response header from upstream",
		"GeneralServiceException: the handler was given another's answer",
		"Capacity is not available for this account: request access",
		"HTTP 429: the free tier is used up",
		"504 Gateway Time-out from the model container",
		"The function was throttled: its concurrency is set to 0",
		"Please retry after changing the instance type",
		"Try again later, after enabling the API",
		"The job was interrupted as the spot request was cancelled by you",
		"Deadlock detected in the DataLoader",
		"InternalServerException: the algorithm failed on your data",
		"No capacity provider of that name",
		"ClientError: 400 We encountered an internal error",
		"Internal error: unable to import numpy",
		"spot-instance-terminated-by-user",
		"ResourceConflictException: the layer exists, create it under another name",
		"AccessDeniedException: an update is in progress for resource r, and the role is not allowed to see it",
		"ModelStreamErrorException: the schema is invalid. Retry your request.",
		"peer closed connection: the client certificate is missing",
		"S3 Query Exception (Fetch): the parquet footer is of another version",
		"The spot job was stopped by the user before its node went",
		"After the spot interruption: RuntimeError: Error(s) in loading state_dict for Net",
		"Client.InternalError: Client error on launch",
		"ThrottlingException: on-demand calls of this model isn't supported",
		"ReservedFunctionConcurrentInvocationLimitExceeded: reserved concurrency is 0",
		"ReservationCapacityExceeded: the reservation has insufficient capacity",
		"RateLimitError: the account has used its monthly included credits",
		"InternalServerError in a rule: evaluation of the rule Overfit resulted in the condition being met",
		"RuntimeError: Internal error of the compiler in fusing operators",
		"Too many tokens in the prompt: 210000 > 200000",
		"The model can only be called with provisioned throughput",
		"PIL: premature end of JPEG file",
		"ssl.SSLError: sslv3 alert handshake failure",
		"psycopg2.InterfaceError: cursor already closed",
		"Failed to provision the volume as the user set it",
		"Connection failed: the user is unknown",
		"Server.ScheduledStop of instance i-1",
		"Cannot update endpoint \"e\": its configuration does not exist",
		"AlgorithmError: Read timeout on endpoint URL: \"https://runtime.sagemaker.eu-west-1.amazonaws.com/\"",
		"AlgorithmError: the script counted 79 Xid columns and 1 ecc label",
		"Exit status: -104. Container killed by YARN for exceeding memory limits",
		"KMSInvalidStateException: the key is pending import, the request was rejected",
		"RESOURCE:MEMORY of no container instance is enough",
		"Lambda.Unknown: no error type was given",
		"pip: no matching distribution (from versions: 1.0, 1.1), server error in the log",
		"Error: too many connections configured: 5000 exceeds 100",
		"Spot instance bid price too low: terminated",
		"ClientError: Cannot write more bytes, insufficient volume capacity",
		"Insufficient GPU memory capacity for batch size 64",
		"You have exceeded the learning rate limit",
		"HTTP 404 from upstream: bad gateway path not found",
		"Your account is suspended. Please try again later.",
		"Billing: payment required, service is unavailable for this account",
		"The requested service is not enabled: service unavailable in region ap-south-2",
		"Spark job aborted: Connection closed because schema column x is missing",
		"InternalServerError: The algorithm container exited because /opt/ml/input/data/train is empty",
		"Service Unavailable: model server has no workers: ModuleNotFoundError: No module named 'foo'",
		"ServiceException: KMS key is pending deletion",
		"ClientError: Model package status must be Completed; please try again",
		"{\"errorMessage\": \"Service unavailable flag is set\", \"errorType\": \"KeyError\"}",
		"AlgorithmError: InternalServerError: We encountered an internal error. Please try again.",
		"AlgorithmError: CapacityError: Unable to provision requested ML compute capacity.",
		"Terminated with errors: the master instance group's requested spot price is too low",
		"Rate exceeded: upgrade your plan, the monthly quota is used up",
		"Provisioned throughput for this model is not purchased",
		"Please try again with fewer rows",
		"This version of the model has reached its end of life. Service unavailable",
		"status code 500: model returned nan",
		"database is locked: read-only file system",
		"insufficient capacity in buffer: a batch of 512 exceeds 256",
		"Error: 504 samples were dropped by the filter of the script",
		"The query returned 503 rows, fewer than the step requires",
		"tar: Unexpected EOF in archive",
		"java.io.EOFException: the parquet footer ends early",
		"TypeError: no matching overloaded function",
		"This is a permanent error, not a transient error of the service",
		"Choose a different ML instance type: this one has too little GPU memory",
		"Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
		"botocore.exceptions.CredentialRetrievalError: Error when retrieving credentials from custom-process: no such program",
		"AlgorithmError: requests.exceptions.HTTPError: 503 Server Error: Service Unavailable for url: http://localhost:8080/ping",
		"The container is restarting: its program ended with exit code 1",
		"AlgorithmError: raise Throttled('too many requests')",
		"Traceback (most recent call last): File \"a.py\", line 1 MyError: 503 Service Unavailable",
		"ClientError: An error occurred (ValidationException) when calling the CreateTrainingJob operation: capacity is not available, please try again later",
		"Access\u200bDenied: slow down",
		"aCceSs\tDENIED while the service is temporarily unavailable",
	} {
		if got := ReadReason(reason, "Training"); got.Label == Transient {
			t.Errorf("%q: transient by rule %q", reason, got.Rule)
		}
	}
}

// TestOutermostCodeDecides: a passing code is believed beside words of a refusal
// only where the service's own sentence with it is the whole message.
func TestOutermostCodeDecides(t *testing.T) {
	const sentence = "An error occurred (ThrottlingException) when calling the CreateModel operation: Rate exceeded"
	tests := []struct {
		name, reason string
		want         Label
	}{
		{"alone", sentence, Transient},
		{"wrapped", "ClientError: botocore.errorfactory.ThrottlingException: " + sentence, Transient},
		{"goes on about the request", sentence + ". The call must be repeated", Transient},
		{"behind other words", "The step said: " + sentence, Transient},
		{"behind a refusal", "The batch size must be even. " + sentence, Ambiguous},
		{"behind doubtful words", "connection refused. " + sentence, Ambiguous},
		{"behind another code", "An error occurred (ValidationException) when calling the CreateModel operation: no. " + sentence, Ambiguous},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ReadReason(tt.reason, "Model"); got.Label != tt.want {
				t.Errorf("%q: got %s by rule %q, want %s", tt.reason, got.Label, got.Rule, tt.want)
			}
		})
	}
}

// TestCutTextIsNotTrusted: a passing cause in a text that was not read whole
// may stand beside a lasting one that was left out.
func TestCutTextIsNotTrusted(t *testing.T) {
	got := ReadReason("InternalServerError: "+strings.Repeat("x ", readAtMost), "Training")
	if got.Class != ServiceFault || got.Label != Ambiguous {
		t.Errorf("got %s %s, want %s %s", got.Label, got.Class, Ambiguous, ServiceFault)
	}
}

func TestEvidenceShowsTheWords(t *testing.T) {
	got := ReadReason("ClientError: "+strings.Repeat("words before it ", 30)+"CUDA out of memory. Tried to\nallocate 2 GiB", "Training")
	if !strings.Contains(got.Evidence, "CUDA out of memory. Tried to allocate 2 GiB") {
		t.Errorf("evidence %q does not show what was matched", got.Evidence)
	}
	checkEvidence(t, got.Evidence)
}

func checkEvidence(t *testing.T, evidence string) {
	t.Helper()
	if n := utf8.RuneCountInString(evidence); n > evidenceRunes {
		t.Errorf("evidence has %d runes, want at most %d", n, evidenceRunes)
	}
	for _, r := range evidence {
		if !unicode.IsPrint(r) {
			t.Errorf("evidence %q holds %U", evidence, r)
		}
	}
}

func FuzzReadReason(f *testing.F) {
	for _, j := range load(f, "testdata/reasons.jsonl") {
		f.Add(j.Message, j.StepType)
	}
	f.Add("limit is\xff\u202e0 Instances\x00", "Training")
	f.Add(strings.Repeat("account-level service limit ", 40), "")
	f.Fuzz(func(t *testing.T, reason, stepType string) {
		got := ReadReason(reason, stepType)
		if again := ReadReason(reason, stepType); again != got {
			t.Errorf("first %+v, then %+v", got, again)
		}
		checkEvidence(t, got.Evidence)
		if got.Class == "" || got.Label == "" || (got.Rule == "") != (got.Class == Unknown) {
			t.Errorf("not whole: %+v", got)
		}
		worst := Read([]Step{{Reason: reason, Type: stepType}, {Type: "Fail"}})
		if worst.Label != Permanent {
			t.Errorf("beside a Fail step: %s", worst.Label)
		}
	})
}
