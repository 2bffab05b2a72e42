package awstest

import (
	"maps"
	"slices"
)

// reasonsByClass has one reason of a failed step for each class of cause, put
// together from the words that the services and frameworks use. A test holds
// internal/cause to reading each as its class; this package, being AWS, knows
// the classes by name only.
var reasonsByClass = map[string]string{
	"capacity":          ReasonCapacity,
	"quota_contention":  ReasonQuotaContention(4, 4, 1),
	"quota_zero":        ReasonQuotaZero(),
	"throttling":        ReasonThrottled,
	"service_fault":     ReasonInternal,
	"spot_interruption": "MaxWaitTimeExceeded: Training with spot capacity was interrupted and could not resume within MaxWaitTimeInSeconds.",
	"network": "ClientError: Data download failed:Unable to download data from s3://churn-data/train. " +
		"ConnectionResetError: [Errno 104] Connection reset by peer",
	"dependency_timeout": "Lambda function churn-features failed: Task timed out after 60.00 seconds",
	"user_code":          ReasonUserCode,
	"out_of_memory":      ReasonOutOfMemory,
	"disk_full":          "ClientError: Data download failed:[Errno 28] No space left on device: '/opt/ml/input/data/train/part-00017.csv'",
	"config_validation": "ClientError: Failed to invoke sagemaker:CreateTrainingJob. Error Details: 1 validation error detected: " +
		"Value '0' at 'resourceConfig.instanceCount' failed to satisfy constraint: Member must have value greater than or equal to 1",
	"access_denied": ReasonAccessDenied,
	"image": "ClientError: Failed to invoke sagemaker:CreateTrainingJob. Error Details: " +
		"Requested image 123456789012.dkr.ecr.us-east-1.amazonaws.com/churn:latest not found.",
	"data_missing":       "ClientError: Data download failed:NoSuchKey (404): The specified key does not exist.",
	"stopped_or_timeout": "MaxRuntimeExceeded: The training job ran for longer than its MaxRuntimeInSeconds of 3600.",
	"unknown":            "The step ended in state 7.",
}

// ReasonFor is a failure reason that is read as that class of cause, and whether
// there is such a class.
func ReasonFor(class string) (reason string, ok bool) {
	reason, ok = reasonsByClass[class]
	return reason, ok
}

// Classes are the classes that ReasonFor knows, in alphabetical order.
func Classes() []string { return slices.Sorted(maps.Keys(reasonsByClass)) }
