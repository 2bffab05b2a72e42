package cause

// sdkSettingRefused stands at the end of the refusals: an exception of the
// language that names what a step is set up with is the SDK's own check of it.
// Behind a program's traceback the same words are the program's.
var sdkSettingRefused = rule{
	name: "sdk_setting_refused", class: ConfigValidation, label: Permanent,
	when: isSDKRefusal,
	and: []string{
		"kms key", "role arn", "iam role", "execution role", "image uri", "image_uri", "instance type", "instance_type",
		"instance count", "instance_count", "file system type", "s3 uri", "s3_uri", "framework_version", "framework version",
		"py_version", "job name", "job_name", "security group~", "subnet~", "volume_size", "max_wait", "max_run",
		"entry_point", "source_dir", "hyperparameters", "model_data", "output_path", "content_type", "split_type",
		"step name", "pipeline name", "pipeline definition", "depends_on", "cache_config", "checkpoint_s3_uri",
	},
	unless:  []string{"traceback (most recent call last)", "no such file", "invalid literal"},
	source:  "SageMaker Python SDK: ValueError on the arguments of estimators, processors and pipelines",
	example: "ValueError: Supply a valid KMS key id",
}

// isSDKRefusal reports whether an exception about a value is the whole message.
func isSDKRefusal(m *message) (int, bool) {
	if m.user || m.raised == nil || m.raised.name != "valueerror" {
		return 0, false
	}
	return m.raised.at, onlyPassedOn(m.text[:m.raised.at])
}
