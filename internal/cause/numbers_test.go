package cause

import "testing"

func TestReadNumbers(t *testing.T) {
	tests := []struct {
		low  string
		kind kind
		n    int
	}{
		{"exit code: 137", exitStatus, 137},
		{"exitcode=1", exitStatus, 1},
		{"exit code: -9", exitStatus, 137},
		{"terminated by signal 15", exitStatus, 143},
		{"returned non-zero exit status 2.", exitStatus, 2},
		{"returned 137", exitStatus, 137},
		{"returned 503", httpStatus, 503},
		{"returned 503 rows", noKind, 0},
		{"[errno 28] no space", errno, 28},
		{"(os error 111)", errno, 111},
		{"status code: 429", httpStatus, 429},
		{"statuscode=504, x", httpStatus, 504},
		{"an error occurred (404) when calling", httpStatus, 404},
		{"http/1.1 502 bad gateway", httpStatus, 502},
		{"503 server error: x", httpStatus, 503},
		{"504 samples were dropped", noKind, 0},
		{"error 500 rows", noKind, 0},
		{"error: 500 {", httpStatus, 500},
		{"code 17", noKind, 0},
		{"line 404, in train", noKind, 0},
		{"batch of 512", noKind, 0},
		{"exit code 4040", noKind, 0},
	}
	for _, tt := range tests {
		got := stated{}
		if all := readNumbers(tt.low); len(all) > 0 {
			got = all[0]
		}
		if got.kind != tt.kind || got.n != tt.n {
			t.Errorf("%q: got %+v, want kind %d, %d", tt.low, got, tt.kind, tt.n)
		}
	}
}

// TestCodesOfNoRule: what an error is called tells its kind, but only where the
// name is an error's.
func TestCodesOfNoRule(t *testing.T) {
	tests := []struct {
		reason string
		class  Class
		label  Label
	}{
		{"An error occurred (ShardThrottlingException) when calling the GetRecords operation: slower", Throttling, Transient},
		{"An error occurred (LedgerNotFoundException) when calling the GetLedger operation: gone", DataMissing, Permanent},
		{"An error occurred (InvalidLedgerException) when calling the GetLedger operation: no", ConfigValidation, Permanent},
		{"An error occurred (LedgerLimitExceededException) when calling the GetLedger operation: no", QuotaContention, Ambiguous},
		{"the MaxThrottlingWindow of the job ended oddly", Unknown, Ambiguous},
	}
	for _, tt := range tests {
		if got := ReadReason(tt.reason, ""); got.Class != tt.class || got.Label != tt.label {
			t.Errorf("%q: got %s %s by %q, want %s %s", tt.reason, got.Label, got.Class, got.Rule, tt.label, tt.class)
		}
	}
}

// TestWhoIsBelieved: the user's program may say what it likes, but the AWS SDK's
// and the HTTP libraries' own exceptions are not its words.
func TestWhoIsBelieved(t *testing.T) {
	const trace = "AlgorithmError: ExecuteUserScriptError: ExitCode 1 ErrorMessage \""
	for reason, want := range map[string]Label{
		trace + "503 Service Unavailable\"":                                                                        Ambiguous,
		trace + "raise Throttled('too many requests')\"":                                                           Ambiguous,
		trace + "botocore.errorfactory.ThrottlingException: slower\"":                                              Transient,
		trace + "An error occurred (SlowDown) when calling the GetObject operation: slower\"":                      Transient,
		trace + "urllib3.exceptions.ProtocolError: ('Connection aborted.', ConnectionResetError(104))\"":           Transient,
		trace + "requests.exceptions.HTTPError: 503 Server Error: Service Unavailable for url: https://x/y\"":      Transient,
		trace + "requests.exceptions.HTTPError: 503 Server Error: Service Unavailable for url: http://localhost\"": Ambiguous,
		trace + "requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://x/y\"":                Permanent,
	} {
		if got := ReadReason(reason, "Training"); got.Label != want {
			t.Errorf("%q: got %s by %q, want %s", reason, got.Label, got.Rule, want)
		}
	}
}

// TestCodeBeatsDoubtfulWords: the code of a passing fault decides over words that
// fit both kinds, never over those of a lasting one.
func TestCodeBeatsDoubtfulWords(t *testing.T) {
	const code = "An error occurred (ThrottlingException) when calling the CreateX operation: "
	for words, want := range map[string]Label{
		"the limit for calls has been reached": Transient,
		"the request timed out":                Transient,
		"access is denied":                     Permanent,
		"the bucket does not exist":            Permanent,
	} {
		if got := ReadReason(code+words, ""); got.Label != want {
			t.Errorf("%q: got %s by %q, want %s", words, got.Label, got.Rule, want)
		}
	}
}
