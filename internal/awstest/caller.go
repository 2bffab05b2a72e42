package awstest

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
)

// A Caller is who signed a request, by what the signature shows of it.
type Caller struct {
	AccessKey    string
	SessionToken string // empty for long-lived keys
}

// A Refusal is IAM's no, for Config.Authorize to return. The stand-in knows
// action and resource and puts them into the service's sentence.
type Refusal struct {
	// Principal is the ARN of the user or the assumed role that was refused.
	Principal string
}

// ErrUnknownKey is what Config.Authorize returns, wrapped or not, for an access
// key that is nobody's.
var ErrUnknownKey = errors.New("nobody has this access key")

func (r *Refusal) Error() string { return "IAM does not allow it to " + r.Principal }

// sentence is how services word IAM's implicit denial (IAM user guide,
// "Troubleshoot access denied error messages").
func (r *Refusal) sentence(action, resource string) string {
	return fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s because no identity-based policy allows the %s action",
		r.Principal, action, resource, action)
}

// authorize asks IAM's stand-in, where there is one, about a request to
// SageMaker. Nil: go on.
func (a *Account) authorize(in request) *answer {
	a.mu.Lock()
	ask, denied, someone := a.config.Authorize, slices.Contains(a.config.Denied, in.Op), a.config.arn("sts", "assumed-role/mulligan/mulligan")
	a.mu.Unlock()
	if in.protocol != jsonRPC || ask == nil && !denied {
		return nil
	}
	action := "sagemaker:" + in.Op
	var err error = &Refusal{someone}
	if !denied {
		err = ask(in.caller, action, in.ARN)
	}
	var refused *Refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return in.refuse(codeAccessDenied, refused.sentence(action, in.ARN))
	case errors.Is(err, ErrUnknownKey):
		return in.refuseKey()
	}
	return in.refuse(codeInternal, fmt.Sprintf("whether %s is allowed could not be asked: %v", action, err))
}

// refuseKey is the services' answer to an access key that they do not know (API
// reference: "Common errors"). No SDK tries again after it.
func (in request) refuseKey() *answer {
	return in.refuse(codeUnknownToken, "The security token included in the request is invalid.")
}

var authorization = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=([^/, ]+)/(\d{8})/([a-z0-9-]+)/([a-z]+)/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=[0-9a-f]{64}$`)

// A signature is what a request's Signature Version 4 says in the clear.
type signature struct {
	caller          Caller
	region, service string
}

// signature reads the signature, which is not verified: the stand-in knows no
// secrets.
func (in request) signature(r *http.Request) (s signature, refused *answer) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return s, in.refuse(codeNoSignature, "Missing Authentication Token")
	}
	parts := authorization.FindStringSubmatch(header)
	if parts == nil || r.Header.Get("X-Amz-Date") == "" {
		return s, in.refuse(codeBadSignature, "the Authorization header is not a Signature Version 4")
	}
	caller := Caller{AccessKey: parts[1], SessionToken: r.Header.Get("X-Amz-Security-Token")}
	return signature{caller, parts[3], parts[4]}, nil
}
