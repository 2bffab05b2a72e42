package pipelines

import "strings"

// Where a job was never created, its step has no metadata that would tell its
// type, but a reason that names the call: "ClientError: Failed to invoke
// sagemaker:CreateTrainingJob. Error Details: ...".
const (
	invoking = "failed to invoke "

	// callWithin bounds how much of a reason is searched for the call, behind the
	// prefixes that may stand before it.
	callWithin = 256
)

// invokedTypes are the types of steps by the call that they begin with. A check
// of quality or bias begins with a processing job, and is taken for one.
var invokedTypes = map[string]string{
	"sagemaker:createtrainingjob":             "Training",
	"sagemaker:createprocessingjob":           "Processing",
	"sagemaker:createtransformjob":            "Transform",
	"sagemaker:createhyperparametertuningjob": "Tuning",
	"sagemaker:createautomljob":               "AutoML",
	"sagemaker:createautomljobv2":             "AutoML",
	"sagemaker:createmodel":                   "Model",
	"sagemaker:createmodelpackage":            "RegisterModel",
	"sagemaker:createmodelpackagegroup":       "RegisterModel",
	"sagemaker:createendpoint":                "Endpoint",
	"sagemaker:updateendpoint":                "Endpoint",
	"sagemaker:createendpointconfig":          "EndpointConfig",
	"lambda:invoke":                           "Lambda",
	"lambda:invokefunction":                   "Lambda",
	"sqs:sendmessage":                         "Callback",
	"elasticmapreduce:addjobflowsteps":        "EMR",
	"elasticmapreduce:runjobflow":             "EMR",
	"emr-serverless:createapplication":        "EMRServerless",
	"emr-serverless:startjobrun":              "EMRServerless",
	"athena:startqueryexecution":              "Athena",
}

// invokedType is the type of the step whose call a reason says failed, ""
// where it says nothing of the kind.
func invokedType(reason string) string {
	head := strings.ToLower(reason[:min(len(reason), callWithin)])
	_, call, found := strings.Cut(head, invoking)
	if !found {
		return ""
	}
	end := strings.IndexFunc(call, func(r rune) bool {
		return r != ':' && r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	if end < 0 {
		end = len(call)
	}
	return invokedTypes[strings.TrimRight(call[:end], ":-")]
}
