package awstest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
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
	caller   Caller
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
	codeUnknownToken   = "UnrecognizedClientException"
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
	"ListPipelineExecutions":     {jsonRPC, func() any { return new(listExecutionsInput) }, (*Account).listExecutions},
	"ListPipelines":              {jsonRPC, func() any { return new(listPipelinesInput) }, (*Account).listPipelines},
	"Search":                     {jsonRPC, func() any { return new(searchInput) }, (*Account).search},
	"RetryPipelineExecution":     {jsonRPC, func() any { return new(retryInput) }, (*Account).retry},
	"DescribeTrainingJob":        {jsonRPC, func() any { return new(describeTrainingInput) }, describeJob("training-job", describedTraining)},
	"DescribeProcessingJob":      {jsonRPC, func() any { return new(describeProcessingInput) }, describeJob("processing-job", describedProcessing)},
	"DescribeTransformJob":       {jsonRPC, func() any { return new(describeTransformInput) }, describeJob("transform-job", describedTransform)},
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
	if refused = a.checkSignature(r, &in); refused != nil {
		return in, refused
	}
	refused = in.decode(r, raw)
	if about, ok := in.body.(interface{ resource() string }); ok && refused == nil {
		in.ARN = a.spelled(about.resource())
	}
	return in, refused
}

// everything is what IAM is asked about where an operation is about no resource
// (service authorization reference: Amazon SageMaker, Search and ListPipelines).
const everything = "*"

// spelled is the ARN of what a request names, as IAM is asked about it.
func (a *Account) spelled(resource string) string {
	if resource == everything || strings.HasPrefix(resource, "arn:") {
		return resource
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.config.arn("sagemaker", resource)
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
