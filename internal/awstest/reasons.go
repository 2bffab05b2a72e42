package awstest

import "fmt"

// Failure reasons as the services word them. Capacity, quota and the prefixes
// before the first colon are those of public reports; the script's own words
// in ReasonUserCode and ReasonOutOfMemory, and the create calls refused for
// rate and permission, are put together from such parts.
const (
	// ReasonCapacity: the Region has no instance of that type to give.
	ReasonCapacity = "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type."
	// ReasonInsufficientCapacity is the newer wording of the same.
	ReasonInsufficientCapacity = "CapacityError: Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using a different ML instance type or after some time."
	// ReasonInternal: the service's own fault.
	ReasonInternal = "InternalServerError: We encountered an internal error. Please try again."
	// ReasonUserCode: the training script raised.
	ReasonUserCode = "AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"ValueError: could not convert string to float: 'n/a'\"\nCommand \"/usr/bin/python3 train.py\", exit code: 1"
	// ReasonOutOfMemory: the script asked the accelerator for too much.
	ReasonOutOfMemory = "AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB\"\nCommand \"/usr/bin/python3 train.py\", exit code: 1"
	// ReasonThrottled: the create call met a rate limit.
	ReasonThrottled = "ClientError: Failed to invoke sagemaker:CreateTrainingJob. Error Details: Rate exceeded\nRetry not appropriate on execution of step with PipelineExecutionArn arn:aws:sagemaker:us-east-1:123456789012:pipeline/churn/execution/abcdef012345 and StepId Train. No retry policy configured for the exception type THROTTLING."
	// ReasonAccessDenied: the pipeline's role may not create the job.
	ReasonAccessDenied = "ClientError: Failed to invoke sagemaker:CreateTrainingJob. Error Details: User: arn:aws:sts::123456789012:assumed-role/churn/SageMaker is not authorized to perform: sagemaker:CreateTrainingJob on resource: arn:aws:sagemaker:us-east-1:123456789012:training-job/pipelines-abcdef012345-train because no identity-based policy allows the sagemaker:CreateTrainingJob action"
	// ReasonSeeJobLogs: the step's text carries no cause, only the job may.
	ReasonSeeJobLogs = "AlgorithmError: See job logs"
	// ReasonStepsFailed is all that Describe ever says of a failed execution.
	ReasonStepsFailed = "Step failure: One or multiple steps failed."
)

// ReasonQuotaContention is the refusal of a create call by an account quota, in
// instances of ml.m5.large: the limit, those in use, and those asked for. A
// limit of 0, or less than delta, can never be met.
func ReasonQuotaContention(limit, used, delta int) string {
	return reasonQuota("ml.m5.large for training job usage", "arn:aws:sagemaker:us-east-1:123456789012:pipeline/churn/execution/abcdef012345", "Train", limit, used, delta)
}

func reasonQuota(quota, arn, step string, limit, used, delta int) string {
	call, _ := usage(quota)
	return fmt.Sprintf("ClientError: Failed to invoke sagemaker:%s. Error Details: "+
		"The account-level service limit '%s' is %d Instances, with current utilization of "+
		"%d Instances and a request delta of %d Instances. Please contact AWS support to request an increase for this limit.\n"+
		"Retry not appropriate on execution of step with PipelineExecutionArn %s and StepId %s. "+
		"No retry policy configured for the exception type SAGEMAKER_RESOURCE_LIMIT.", call, quota, limit, used, delta, arn, step)
}

// ReasonQuotaZero is the refusal by a quota that was never raised from zero.
func ReasonQuotaZero() string { return ReasonQuotaContention(0, 0, 1) }
