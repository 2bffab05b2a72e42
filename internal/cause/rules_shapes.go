package cause

// shapes are weak evidence of a lasting fault: a code or an exception that says
// little but does not go away.
var shapes = []rule{
	{
		name: "image_pull", class: Image, label: Ambiguous,
		codes:   []string{"cannotpullcontainererror", "cannotpullimagemanifesterror"},
		says:    []string{"pull image", "pulling image", "image pull"},
		unless:  []string{"toomanyrequests"},
		source:  "Amazon ECS and Kubernetes: the pull failed, the reason is not told",
		example: "CannotPullContainerError: context canceled",
	},
	{
		name: "request_invalid_code", class: ConfigValidation, label: Permanent,
		codes:   invalidCodes,
		unless:  []string{"rate exceeded", "try again", "throttl~"},
		source:  "AWS codes for requests that are refused as they stand",
		example: "An error occurred (ValidationException) when calling the CreateModel operation: refused",
	},
	{
		name: "python_exception", class: UserCode, label: Permanent,
		raised: []string{
			"typeerror", "keyerror", "attributeerror", "nameerror", "syntaxerror", "indentationerror",
			"taberror", "importerror", "modulenotfounderror", "valueerror", "indexerror", "lookuperror",
			"assertionerror", "zerodivisionerror", "arithmeticerror", "overflowerror",
			"floatingpointerror", "notimplementederror", "unicodedecodeerror", "unicodeencodeerror",
			"unicodeerror", "jsondecodeerror", "unboundlocalerror", "recursionerror", "permissionerror",
			"notadirectoryerror", "isadirectoryerror", "fileexistserror", "parsererror",
			"notfittederror", "convergenceerror", "invalidargumenterror", "pickleerror", "unpicklingerror",
			"argumenterror", "xgboosterror", "lightgbmerror", "programmingerror", "undefinedtableerror",
			"yamlerror", "versionconflict", "usererror", "customererror",
		},
		codes: []string{
			"customererror", "analysis", "nullpointer", "classnotfound", "illegalargument", "classcast",
			"nosuchmethoderror", "numberformat", "arrayindexoutofbounds",
		},
		says:    []string{"permission denied"},
		source:  "Python and JVM exceptions that the same code on the same data raises again",
		example: "AlgorithmError: framework error: Traceback (most recent call last): File \"t.py\", line 3 KeyError: 'label'",
	},
	{
		name: "create_refused", class: ConfigValidation, label: Ambiguous,
		when:    isVagueRefusal,
		source:  "Pipelines: the create call was refused in words that no rule knows",
		example: "ClientError: Failed to invoke sagemaker:CreateModel. Error Details: no words that are known",
	},
}

// isVagueRefusal reports whether the step's create call was refused and the
// words do not hint at a passing fault either.
func isVagueRefusal(m *message) (int, bool) {
	if !m.refused {
		return 0, false
	}
	for i := range passing {
		if _, ok := passing[i].match(m); ok {
			return 0, false
		}
	}
	return 0, true
}

// invalidCodes are AWS codes for requests that are refused as they stand. Beside
// one of them, words of a passing fault count for less.
var invalidCodes = []string{
	"validation", "validationerror", "invalidparameter", "invalidparametervalue",
	"invalidparametercombination", "invalidrequest", "invalidinput", "invalidargument", "badrequest",
	"malformedpolicydocument", "serialization", "paramvalidationerror",
	"invalidsubnet", "invalidsecuritygroup", "invalidsubnetid", "invalidsecuritygroupid",
	"unsupportedoperation", "missingparameter", "unknownoperation", "invalidaction",
	"configurationerror", "validation_error", "instanceprofileinvalid", "invalidtype",
}
