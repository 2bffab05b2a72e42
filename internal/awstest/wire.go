package awstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A protocol is how a service puts requests and errors on the wire.
type protocol int

const (
	jsonRPC  protocol = iota // AWS JSON 1.1: SageMaker
	restJSON                 // REST-JSON: Scheduler
)

func (p protocol) contentType() string {
	if p == restJSON {
		return "application/json"
	}
	return "application/x-amz-json-1.1"
}

// A request that was understood. body is the operation's input.
type request struct {
	Request
	protocol protocol
	body     any
}

// An answer is what goes out: a body, or an error's code and message.
type answer struct {
	status    int
	code      string
	message   string
	body      any
	effective bool
	protocol  protocol
}

// Error codes of both services, and of the front door before them.
const (
	codeValidation     = "ValidationException"
	codeConflict       = "ConflictException"
	codeResourceLimit  = "ResourceLimitExceeded"
	codeNotFound       = "ResourceNotFound"
	codeNoSuch         = "ResourceNotFoundException" // Scheduler's spelling
	codeSerialization  = "SerializationException"
	codeUnknownOp      = "UnknownOperationException"
	codeNoSignature    = "MissingAuthenticationTokenException"
	codeBadSignature   = "IncompleteSignatureException"
	codeWrongScope     = "InvalidSignatureException"
	codeMediaType      = "UnsupportedMediaTypeException"
	codeInternal       = "InternalFailure"
	codeAccessDenied   = "AccessDeniedException"
	codeThrottling     = "ThrottlingException"
	codeServiceQuota   = "ServiceQuotaExceededException"
	codeInternalServer = "InternalServerException"
	codeUnavailable    = "ServiceUnavailable"
)

// refusal is an error answer; its HTTP status follows from code and protocol.
func refusal(code, message string) answer { return answer{code: code, message: message} }

// restStatus are the HTTP statuses of REST-JSON errors, from Scheduler's API
// reference. JSON 1.1 has 400 for everything that is the client's fault.
var restStatus = map[string]int{
	codeConflict: http.StatusConflict, codeNoSuch: http.StatusNotFound, codeThrottling: http.StatusTooManyRequests,
	codeServiceQuota: http.StatusPaymentRequired, codeAccessDenied: http.StatusForbidden,
	codeNoSignature: http.StatusForbidden, codeWrongScope: http.StatusForbidden, "ExpiredTokenException": http.StatusForbidden,
	codeUnknownOp: http.StatusNotFound, codeMediaType: http.StatusUnsupportedMediaType,
}

func (out answer) httpStatus() int {
	switch {
	case out.status != 0:
		return out.status
	case out.code == codeInternal || out.code == codeInternalServer:
		return http.StatusInternalServerError
	case out.code == codeUnavailable:
		return http.StatusServiceUnavailable
	case out.protocol == restJSON && restStatus[out.code] != 0:
		return restStatus[out.code]
	}
	return http.StatusBadRequest
}

// bytes is the body on the wire. Errors carry their code as __type in JSON 1.1,
// where declared errors spell the message with a capital and others do not.
func (out answer) bytes() []byte {
	body := out.body
	if out.code != "" {
		fields := map[string]string{"message": out.message}
		if out.protocol == jsonRPC {
			fields["__type"] = out.code
		}
		if strings.HasPrefix(out.code, "Resource") || out.protocol == restJSON {
			fields = rename(fields, "message", "Message")
		}
		body = fields
	}
	b, err := json.Marshal(body)
	if err != nil {
		panic(err) // our own output types
	}
	return b
}

func rename(fields map[string]string, from, to string) map[string]string {
	fields[to] = fields[from]
	delete(fields, from)
	return fields
}

// operations are all that the stand-in understands.
var operations = map[string]struct {
	protocol protocol
	input    func() any
	serve    func(*Account, request) answer
}{
	"DescribePipelineExecution":  {jsonRPC, func() any { return new(describeInput) }, (*Account).describe},
	"ListPipelineExecutionSteps": {jsonRPC, func() any { return new(listStepsInput) }, (*Account).listSteps},
	"RetryPipelineExecution":     {jsonRPC, func() any { return new(retryInput) }, (*Account).retry},
	"CreateSchedule":             {restJSON, func() any { return new(createScheduleInput) }, (*Account).createSchedule},
	"GetSchedule":                {restJSON, nil, (*Account).getSchedule},
	"DeleteSchedule":             {restJSON, nil, (*Account).deleteSchedule},
}

// An input checks itself against the documented constraints and tells what it
// asks for.
type input interface {
	check() error
	tell(*Request)
}

// maxRequest is more than any request that is understood here may have.
const maxRequest = 1 << 20

// read understands a request, or says why it cannot be.
func (a *Account) read(r *http.Request) (in request, refused *answer) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	if err != nil {
		return in, in.refuse(codeSerialization, "the body ended early: "+err.Error())
	}
	in, refused = route(r)
	if refused != nil {
		return in, refused
	}
	if refused = a.checkSignature(r, in); refused != nil {
		return in, refused
	}
	return in, in.decode(r, raw)
}

func (in request) refuse(code, message string) *answer {
	return &answer{code: code, message: message, protocol: in.protocol}
}

// route finds the operation: by X-Amz-Target, or by method and path.
func route(r *http.Request) (in request, refused *answer) {
	target := r.Header.Get("X-Amz-Target")
	if target == "" && r.URL.Path != "/" {
		return routeSchedule(r)
	}
	service, op, _ := strings.Cut(target, ".")
	in.Op = or(op, "?")
	known, ok := operations[op]
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/" || r.URL.RawQuery != "":
		return in, in.refuse(codeUnknownOp, fmt.Sprintf("%s %s is not an operation", r.Method, r.URL.RequestURI()))
	case service != "SageMaker" || !ok || known.protocol != jsonRPC:
		return in, in.refuse(codeUnknownOp, fmt.Sprintf("the stand-in does not know X-Amz-Target %q", target))
	}
	return in, nil
}

var authorization = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=([^/, ]+)/(\d{8})/([a-z0-9-]+)/([a-z]+)/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=[0-9a-f]{64}$`)

// checkSignature wants Signature Version 4 with the right scope. The signature
// itself is not verified: the stand-in knows no secrets.
func (a *Account) checkSignature(r *http.Request, in request) *answer {
	header := r.Header.Get("Authorization")
	parts := authorization.FindStringSubmatch(header)
	service := map[protocol]string{jsonRPC: "sagemaker", restJSON: "scheduler"}[in.protocol]
	a.mu.Lock()
	region := a.config.Region
	a.mu.Unlock()
	switch {
	case header == "":
		return in.refuse(codeNoSignature, "Missing Authentication Token")
	case parts == nil || r.Header.Get("X-Amz-Date") == "":
		return in.refuse(codeBadSignature, "the Authorization header is not a Signature Version 4")
	case parts[3] != region || parts[4] != service:
		return in.refuse(codeWrongScope, fmt.Sprintf("Credential should be scoped to %s/%s, not %s/%s.", region, service, parts[3], parts[4]))
	}
	return nil
}

// decode fills the operation's input from the body, and checks it.
func (in *request) decode(r *http.Request, raw []byte) *answer {
	make := operations[in.Op].input
	if make == nil {
		if len(raw) > 0 {
			return in.refuse(codeSerialization, "no body belongs to "+in.Op)
		}
		return in.checkName()
	}
	if got := r.Header.Get("Content-Type"); got != in.protocol.contentType() {
		return in.refuse(codeMediaType, fmt.Sprintf("Content-Type is %q, not %s", got, in.protocol.contentType()))
	}
	in.body = make()
	if err := decodeStrictly(raw, in.body); err != nil {
		return in.refuse(codeSerialization, err.Error())
	}
	asked := in.body.(input)
	asked.tell(&in.Request)
	if err := asked.check(); err != nil {
		return in.refuse(codeValidation, err.Error())
	}
	return in.checkName()
}

// decodeStrictly decodes one JSON object whose members all have a field of
// exactly that name. encoding/json alone would also match them by case.
func decodeStrictly(raw []byte, into any) error {
	var loose map[string]any
	if err := json.Unmarshal(raw, &loose); err != nil {
		return fmt.Errorf("the body is not one JSON object: %w", err)
	}
	if err := onlyFields(loose, reflect.TypeOf(into).Elem(), ""); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func onlyFields(object map[string]any, t reflect.Type, path string) error {
	for name, value := range object {
		f, ok := t.FieldByName(name)
		if !ok {
			return errors.New("unknown field " + path + name)
		}
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if deeper, ok := value.(map[string]any); ok && inner.Kind() == reflect.Struct {
			if err := onlyFields(deeper, inner, path+name+"."); err != nil {
				return err
			}
		}
	}
	return nil
}

// An epoch is a time as both services send it: seconds since 1970, with the
// milliseconds behind the point.
type epoch time.Time

func stamp(t time.Time) *epoch {
	if t.IsZero() {
		return nil
	}
	e := epoch(t)
	return &e
}

// MarshalJSON writes a JSON number, never in exponent notation.
func (e epoch) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Time(e).UnixMilli())/1000, 'f', 3, 64), nil
}
