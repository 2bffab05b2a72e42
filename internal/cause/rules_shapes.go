package cause

// shapes are weak evidence of a lasting fault: a code or an exception that says
// little but does not go away.
var shapes = []rule{
	{
		name: "image_pull", class: Image, label: Ambiguous,
		codes:   []string{"cannotpullcontainererror", "cannotpullimagemanifesterror"},
		says:    []string{"pull image", "pulling image", "image pull"},
		unless:  []string{"toomanyrequests", "tls handshake timeout", "i/o timeout", "connection reset", "eof"},
		source:  "Amazon ECS and Kubernetes: the pull failed, the reason is not told",
		example: "CannotPullContainerError: context canceled",
	},
	{
		name: "request_invalid_code", class: ConfigValidation, label: Permanent,
		codes:   invalidCodes,
		unless:  []string{"rate exceeded", "try again", "throttl~", "cannot update in-progress endpoint"},
		source:  "AWS codes for requests that are refused as they stand",
		example: "An error occurred (ValidationException) when calling the CreateModel operation: refused",
	},
	{
		name: "errno_refused", class: UserCode, label: Permanent,
		errno:   []int{1, 7, 8, 9, 13, 14, 17, 18, 20, 21, 22, 24, 26, 27, 30, 36, 39, 40, 75, 95, 98, 99},
		source:  "Linux errno(3): what the program asked for cannot be done",
		example: "OSError: [Errno 30] Read-only: 'out'",
	},
	{
		name: "errno_device", class: ServiceFault, label: Ambiguous,
		errno:   []int{5, 6, 11, 16, 19, 61, 116, 121},
		source:  "Linux errno(3): a device, a remote file system or what is busy",
		example: "OSError: [Errno 5] in read()",
	},
	{
		name: "python_exception", class: UserCode, label: Permanent,
		raised: languageErrors,
		codes: []string{
			"customererror", "analysis", "nullpointer", "classnotfound", "illegalargument", "classcast",
			"nosuchmethoderror", "numberformat", "arrayindexoutofbounds", "parse", "noclassdeffounderror",
			"stackoverflowerror", "unsupportedclassversionerror", "datalosserror", "outofrangeerror",
			"unimplementederror", "failedpreconditionerror", "nosuchelement", "nosuchfielderror",
			"illegalstate", "dateparse", "sqlsyntaxerror",
		},
		says:    []string{"permission denied"},
		source:  "Python and JVM exceptions that the same code on the same data raises again",
		example: "AlgorithmError: framework error: Traceback (most recent call last): File \"t.py\", line 3 KeyError: 'label'",
	},
	{
		name: "http_refused", class: UserCode, label: Permanent,
		when:    isRefusalByStatus,
		unless:  []string{"rate exceeded", "throttling:", "throttling exception"},
		source:  "RFC 9110: these statuses blame the request; AWS answers 400 to throttled calls too, but gives a code",
		example: "requests.exceptions.HTTPError: 422 Client Error: Unprocessable Entity",
	},
	{
		name: "create_refused", class: ConfigValidation, label: Ambiguous,
		when:    isVagueRefusal,
		source:  "Pipelines: the create call was refused in words that no rule knows",
		example: "ClientError: Failed to invoke sagemaker:CreateModel. Error Details: no words that are known",
	},
	likeRefusal,
}

// isRefusalByStatus reports whether an HTTP status blames the request, and no
// code says it better.
func isRefusalByStatus(m *message) (int, bool) {
	for _, c := range m.codes {
		if c.known {
			return 0, false
		}
	}
	return m.hasNumber(httpStatus, []int{400, 405, 406, 411, 414, 415, 416, 422})
}

// isVagueRefusal reports whether the step's create call was refused and the
// words do not hint at a passing fault either.
func isVagueRefusal(m *message) (int, bool) {
	if !m.refused {
		return 0, false
	}
	for i := range m.book.passing {
		if _, _, ok := m.book.passing[i].match(m); ok {
			return 0, false
		}
	}
	return 0, true
}

// invalidCodes are AWS codes for requests that are refused as they stand. Beside
// one of them, words of a passing fault count for less.
var invalidCodes = []string{
	"validation", "validationerror", "invalidparameter", "invalidparametervalue", "invalidparametercombination",
	"invalidrequest", "invalidinput", "invalidargument", "badrequest", "malformedpolicydocument",
	"serialization", "paramvalidationerror", "invalidsubnet", "invalidsecuritygroup", "invalidsubnetid",
	"invalidsecuritygroupid", "unsupportedoperation", "missingparameter", "unknownoperation", "invalidaction",
	"configurationerror", "validation_error", "instanceprofileinvalid", "invalidtype",
}

// languageErrors are exceptions of Python, its libraries and the JVM that the
// same code on the same data raises again.
var languageErrors = []string{
	"typeerror", "keyerror", "attributeerror", "nameerror", "syntaxerror", "indentationerror", "taberror",
	"importerror", "modulenotfounderror", "valueerror", "indexerror", "lookuperror", "assertionerror",
	"zerodivisionerror", "arithmeticerror", "overflowerror", "floatingpointerror", "notimplementederror",
	"unicodedecodeerror", "unicodeencodeerror", "unicodeerror", "jsondecodeerror", "unboundlocalerror",
	"recursionerror", "permissionerror", "notadirectoryerror", "isadirectoryerror", "fileexistserror",
	"parsererror", "notfittederror", "convergenceerror", "invalidargumenterror", "pickleerror",
	"unpicklingerror", "argumenterror", "xgboosterror", "lightgbmerror", "programmingerror",
	"undefinedtableerror", "yamlerror", "versionconflict", "usererror", "customererror", "deserializationerror", "serializationerror",
}
