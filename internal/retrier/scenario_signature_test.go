package retrier_test

import (
	"net/http"
	"strings"
	"testing"

	"mulligan/internal/awstest"
)

// echo is what AWS answers where a signature does not match: the request as it
// should have been signed, the role's session token included
// (github.com/aws/aws-sdk-cpp/issues/17).
const echo = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. " +
	"Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'POST\n/\n\n" +
	"host:api.sagemaker.eu-west-1.amazonaws.com\nx-amz-date:20260301T090000Z\nx-amz-security-token:very-secret-session\n\nhost;x-amz-date;x-amz-security-token\n"

// TestThreatT16SignatureIsNotEchoed has AWS refuse the signature of each call, and
// repeat the session token in its words: the code is told, and the token is not.
func TestThreatT16SignatureIsNotEchoed(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature"} {
		for op, run := range map[string]awstest.Run{
			opDescribe: atOnce, opSteps: atOnce, opNewer: atOnce, opRetry: atOnce, opSchedule: waiting, opJob: waiting,
		} {
			t.Run(code+", "+op, func(t *testing.T) {
				r := newRig(t, inProcess)
				e := r.fail("churn", run.After(minute), awstest.KeepsRunning())
				r.aws.Events()
				r.aws.FailNext(op, 3, awstest.Fault{Code: code, Status: http.StatusForbidden, Message: echo})
				o := r.deliver(e)
				r.erred(o)
				for what, said := range map[string]string{"error": o.err.Error(), "log": r.log.String()} {
					if strings.Contains(said, "very-secret-session") || !strings.Contains(said, code) {
						t.Errorf("the %s says %s, want the code and no token", what, said)
					}
				}
			})
		}
	}
}
