package cause

import "strings"

// userFaults are lasting faults of the user's program, model or data.
var userFaults = []rule{
	{
		name: "ping_failed", class: UserCode, label: Permanent,
		says: []string{
			"respond to ping", "/ping endpoint", "ping health check", "health check~ * failed",
			"failed * health check~", "failed to pass health check", "did not respond to /ping", "did not pass * health check",
		},
		source:  "SageMaker developer guide: the container or its script does not answer /ping",
		example: "The primary container for production variant v1 did not pass the ping health check.",
	},
	{
		name: "model_refused_payload", class: UserCode, label: Permanent,
		says: []string{
			"received client error (4~", "client error (4~", "bad payload", "unsupported content-type",
			"unsupported content type", "unsupported media type",
		},
		unless:  []string{"(429", "(408", "status code: 429"},
		source:  "InvokeEndpoint ModelError with a 4xx answer of the model",
		example: "An error occurred (ModelError) when calling the InvokeEndpoint operation: Received client error (415) from primary with message \"type not accepted\"",
	},
	{
		name: "bare_400", class: UserCode, label: Permanent,
		when:    isBare4xx,
		source:  "Batch transform: the container answered an object with a 4xx status",
		example: "ClientError: 415",
	},
	{
		name: "python_words", class: UserCode, label: Permanent,
		exit:  []int{126, 127},
		codes: []string{"resolvepackagenotfound", "packagesnotfounderror"},
		says: []string{
			"conflicting dependencies", "resolutionimpossible", "find_unused_parameters",
			"object has no attribute", "has no attribute", "no module named", "cannot import name",
			"unexpected keyword argument", "positional argument~", "takes no keyword argument~",
			"takes no argument~", "is not defined", "invalid syntax", "index out of range", "out of bounds",
			"is not callable", "not subscriptable", "not iterable", "object is not", "unrecognized arguments",
			"invalid literal for", "could not convert string", "can't convert", "division by zero",
			"not in index", "no kernel image is available",
			"command not found", "jsonget", "size mismatch", "shape mismatch", "shapes * not aligned",
			"incompatible shapes", "dimension mismatch", "expected * but got", "expected * got",
			"device-side assert triggered", "you can't mix", "must be real number", "undefined symbol", "undefined value", "undefined reference", "undefined variable",
			"referenced before assignment", "untagged enum", "not match any variant",
			"version * not found (required by", "the following arguments are required", "can't open file",
			"cannot be multiplied", "on the same device", "glibc", "no cuda-capable device",
			"torch not compiled with cuda", "not compiled with", "has no len", "must be str", "unhashable",
			"not json serializable", "singular matrix", "too many values to unpack",
			"not enough values to unpack", "got multiple values", "missing * required positional",
			"missing * argument", "maximum recursion depth", "circular import", "cannot unpickle",
			"can't pickle", "cannot pickle", "kernel image is invalid", "failed to pickle", "task not serializable",
			"is bigger than spark~", "not understood", "cannot compare", "customer error", "unable to decode payload",
		},
		source:  "Python, NumPy, PyTorch and TensorFlow: the same code raises it again",
		example: "AlgorithmError: Exception during training: 'NoneType' object has no attribute 'shape'",
	},
	{
		name: "data_content", class: UserCode, label: Permanent,
		unless: []string{"required property", "exceptionname", "consistency check failed"},
		says: []string{
			"check failed:", "unmatched number of columns", "number of columns", "error parsing field",
			"not enough label", "no label values", "contains nan", "contain nan", "input contains",
			"infinite values", "non-numeric", "json parse error", "deserializing header", "parquet magic bytes", "could not open parquet", "could not parse", "unable to parse", "failed to parse",
			"cannot parse", "error tokenizing data", "codec can't decode", "is corrupt~", "corrupt file",
			"corrupted file", "corrupt data", "file corrupt~", "malformed~", "not a gzip file",
			"not a zip file", "unexpected end of file", "invalid header", "wrong number of columns",
			"blankspace and colon", "labels * must be", "label * must be", "invalid value~", "invalid data",
			"bad data", "unknown label", "duplicate column~", "all contain~ * false values", "only one class",
			"least populated class", "schema mismatch", "failed to decode",
			"failed to extract", "not a valid tar", "unsupported operator", "unsupported op",
			"inconsistent number of", "unable to evaluate payload", "initialize the algorithm",
			"failed to validate input data", "more fields than", "header row", "loss is nan", "nan loss",
			"nan values", "fields than expected", "is not the same as", "jmespath", "missing column~", "columns missing", "column * not found", "column~ * not found in",
		},
		source:  "SageMaker built-in algorithms, Clarify, pandas and scikit-learn on what the data holds",
		example: "ClientError: Unable to initialize the algorithm. Input contains NaN, infinity or a value too large",
	},
	{
		name: "query_wrong", class: UserCode, label: Permanent,
		codes: []string{
			"syntax_error", "column_not_found", "type_mismatch", "hive_bad_data",
			"hive_partition_schema_mismatch", "invalid_function_argument", "invalid_cast_argument",
			"division_by_zero", "function_not_found", "undefinedcolumn", "conditionalcheckfailed",
			"datatruncation", "notnullviolation", "uniqueviolation", "not_implemented",
			"too_many_open_partitions", "not_supported", "noclassdeffounderror",
			"hive_too_many_open_partitions",
		},
		says: []string{
			"syntax error", "sql compilation error", "duplicate key value", "violates unique constraint",
			"violates not-null constraint", "cannot be resolved", "conditional request failed",
			"mismatched input",
		},
		source:  "Error names of Athena, Presto, PostgreSQL and DynamoDB: the same query on the same data fails again",
		example: "SYNTAX_ERROR: line 1:8: no column of that name",
	},
	{
		name: "quality_gate", class: UserCode, label: Permanent,
		codes: []string{"completedwithviolations", "ruleevaluationconditionmet", "issuesfound"},
		says: []string{
			"completedwithviolations", "completed with violations", "constraint violation~",
			"violations were found", "violations detected", "baseline * violation~", "assertion failed",
			"data quality check failed", "quality check failed", "drift * detected",
			"does not meet the constraint", "condition being met", "requirement is not met", "drift * exceeds", "exceeds threshold", "exceeds the threshold",
			"exceeded the threshold", "below the threshold", "threshold * not met", "did not meet",
			"constraint requirement",
		},
		source:  "SageMaker Model Monitor and QualityCheck: the data does not meet the baseline",
		example: "Failure reason: CompletedWithViolations: 3 constraint violations were found",
	},
	{
		name: "function_broken", class: UserCode, label: Permanent,
		codes: []string{
			"runtime_importmodule", "importmoduleerror", "usercodesyntaxerror", "step_failure_bootstrap",
		},
		says: []string{
			"unable to import module", "handler * missing on module", "exited before completing request",
			"couldn't find valid bootstrap", "bad handler",
		},
		source:  "AWS Lambda runtime errors",
		example: "Unable to import module 'index': handler not loadable",
	},
}

// isBare4xx reports whether a 4xx status, other than 408 and 429 which may
// pass, is all that is left of the message's first sentence.
func isBare4xx(m *message) (int, bool) {
	status, _, more := strings.Cut(m.low, " ")
	if more && !m.client {
		return 0, false
	}
	return 0, len(status) == 3 && status[0] == '4' && leadingInt(status) >= 400 && status != "408" && status != "409" && status != "429"
}
