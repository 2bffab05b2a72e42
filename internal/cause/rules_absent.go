package cause

// absent say that what the step reads is not there.
var absent = []rule{
	{
		name: "object_missing", class: DataMissing, label: Permanent,
		codes: []string{
			"nosuchkey", "nosuchbucket", "nosuchentity", "nosuchupload", "nosuchversion", "resourcenotfound",
			"entitynotfound", "recordnotfound", "filenotfounderror", "filenotfound", "invalids3object",
			"nosuchfile", "notfound", "tablenotfound", "querynotfound", "secretnotfound", "parameternotfound",
			"stackinstancenotfound", "modelnotfound", "repositorynotfounderror", "emptydataerror",
			"stepdoesnotexist", "resourcedoesnotexist", "missingcollectionfiles", "tensorunavailable",
			"tensorunavailableforstep", "stepunavailable",
		},
		source:  "Codes of S3, SageMaker, Glue and Secrets Manager; Python's FileNotFoundError",
		example: "ClientError: An error occurred (NoSuchKey) when calling the GetObject operation: missing",
	},
	{
		name: "object_missing_words", class: DataMissing, label: Permanent,
		unless: []string{
			"trying to locate the file on the hub", "handler", "can't open file", "no input shape", "vector is empty", "stack is empty",
			"queue is empty", "is empty or", "no matching distribution", "no matching manifest",
			"parameter * is empty",
		},
		http:  []int{404, 410},
		errno: []int{2},
		says: []string{
			"failed attempting to download", "no s3 objects found", "no objects found", "object does not exist",
			"object doesn't exist", "objects do not exist", "bucket does not exist", "key does not exist",
			"path does not exist", "specified key does not exist", "no such file or directory", "no such file",
			"unable to get object metadata", "ensure that there is an object", "is not found", "no such key",
			"no such bucket", "file not found", "files not found", "could not find model~",
			"cannot find model~", "model data * not found", "could not access model data", "could not find",
			"does not exist", "doesn't exist", "do not exist", "not exist", "cannot be found",
			"could not be found", "was not found", "were not found", "had no data", "has no data",
			"no data found", "no data available", "no input data", "no data in", "input data * empty",
			"dataset is empty", "data is empty", "file is empty", "no columns to parse", "channel is empty",
			"no files found", "no input files", "unable to find", "cannot find", "can't find", "failed to find",
			"no captured data", "nothing to process", "missing input~", "input path does not exist",
			"no training data", "is missing from the", "integrity check", "checksum mismatch",
			"very low number of", "requires at least", "not enough data", "insufficient data", "too few~",
			"not a valid model identifier", "not a local folder", "matched no", "no rows", "zero rows",
			"no * file found", "no files", "no file found", "statuscode.not_found", "is missing.",
			"no longer exists", "has been deleted", "no such model", "none of the * exist", "zero objects", "holds no objects", "lists 0 entries", "contains no objects", "contains no files",
			"0 objects", "matched 0", "no input", "no records", "no matching", "0 rows", "0 records", "has 0",
			"returned no", "contains no data", "contains no rows", "is empty", "no ground truth",
			"no valid objects", "no objects with", "no objects under", "no objects match", "fewer than", "non-existent", "can't load tokenizer", "can't load the model",
			"can't load the configuration", "can't load config", "unable to load weights", "error no file named",
		},
		source:  "SageMaker, S3, Glue, Spark and model hubs on inputs that are not there",
		example: "ClientError: Data download failed: S3 key: s3://b/train matched no files on s3; the path does not exist",
	},
	likeAbsence,
}
