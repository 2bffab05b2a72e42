package cause

// shortages state that something was used up for the moment: machines, quotas,
// the rate of calls.
var shortages = []rule{
	{
		name: "quota_in_use", class: QuotaContention, label: Transient,
		when:    quotaInUse,
		source:  "ResourceLimitExceeded on jobs, which end and free what they use",
		example: "The account-level service limit 'ml.c5.xlarge for processing job usage' is 4 Instances, with current utilization of 4 Instances and a request delta of 1 Instances.",
	},
	{
		name: "spot_taken", class: SpotInterruption, label: Transient, calm: true,
		unless: []string{"handler", "runtimeerror", "could not be loaded", "failed to load", "failed to resume", "cannot resume",
			"nodes are available",
		},
		codes: []string{
			"maxwaittimeexceeded", "spotinstanceinterruption", "spotinterruption", "spotinstancetermination",
		},
		says: []string{
			"spot * interrupted", "lost node", "spot * interruption", "training job interrupted",
			"spot * reclaimed", "spot * terminated", "spot * termination", "spot * preempted",
			"capacity-not-available", "no spot capacity", "spot capacity", "spot * capacity * available",
			"instance-terminated-no-capacity", "instance-terminated-by-price", "maximum allowed wait time",
			"exceeded maxwaittimeinseconds", "max wait time", "host ec2 * terminated", "instance was preempted",
			"interrupted * spot", "terminated * spot", "preempted", "preemption", "preempting",
			"capacity-oversubscribed", "instance-stopped-no-capacity", "instance-stopped-by-price",
			"marked-for-termination", "marked-for-stop", "~spot_no_capacity~", "~spot_price_increase~",
		},
		source:  "Training job SecondaryStatus Interrupted and MaxWaitTimeExceeded; EC2 spot request status codes",
		example: "ClientError: The managed spot training instances were interrupted.",
	},
	{
		name: "spot_node_lost", class: SpotInterruption, label: Transient, own: true,
		says:    []string{"released on a * node", "exit status: -100"},
		source:  "Amazon EMR: YARN's exit status -100, a container released with the node that was taken away",
		example: "Container marked as failed. Exit status: -100. Diagnostics: Container released on a *lost* node.",
	},
	{
		name: "no_capacity", class: Capacity, label: Transient,
		codes: []string{
			"capacityerror", "insufficientinstancecapacity", "insufficientinstancecapacityerror",
			"insufficient_instance_capacity", "insufficient_capacity", "insufficient_host_capacity", "out_of_capacity",
			"ec2insufficientcapacityerror", "insufficientcapacity", "insufficientcapacityerror",
			"insufficienthostcapacity", "insufficientreservedinstancecapacity", "unfulfillablecapacity",
			"insufficientcapacityonoutpost", "instance_fleet_timeout", "insufficientresources", "nocapacity",
			"resourceunavailable", "jobcapacityerror", "ec2insufficientinstancecapacity",
			"sagemakercapacityerror",
		},
		says: []string{
			"unable to provision requested ml compute capacity", "unable to provision * capacity",
			"unable to provision * compute resources", "unable to provision * instances",
			"insufficient instance capacity", "insufficient capacity", "insufficient * capacity",
			"~insufficientinstancecapacity~", "out of capacity", "capacity is unavailable",
			"capacity * unavailable", "capacity * not available", "no capacity", "no available capacity",
			"sufficient * capacity", "not have enough * capacity", "not enough available reserved instances", "capacity to fulfill your", "not enough * capacity", "lack of capacity",
			"capacity shortage", "shortage of instances", "shortage of capacity", "temporary shortage", "capacity constraint~", "capacity is not available", "capacity is currently",
			"temporarily unavailable in * availability zone~", "instance type * temporarily unavailable",
			"unable to acquire capacity", "provisioning * timed out", "provisioning timeout",
			"instance type * not available at this time", "provisioning additional capacity",
			"waiting for capacity", "resource unavailable", "resources unavailable", "unable to place a task",
			"waiting for * capacity", "time out * provisioning", "failedscheduling",
			"nodes are available * insufficient", "not available right now", "not available at the moment",
			"no instances * available", "could not be placed", "job cannot be placed",
			"capacity could not be allocated", "retry using a different ml instance type", "~insufficient_capacity~", "resource:cpu",
			"resource:gpu", "resource:eni", "resource:fargate",
		},
		unless:  []string{"reservation", "training plan", "maximumcapacity", "capacity unit~", "no capacity provider"},
		source:  "SageMaker CapacityError, EC2 InsufficientInstanceCapacity, EMR and Fargate",
		example: "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.",
	},
	{
		name: "throttled_code", class: Throttling, label: Transient, sure: true,
		unless: []string{"isn't supported", "not supported", "reserved concurrency is", "set to 0", "not purchased",
			"billing", "credits", "monthly", "upgrade your", "upgrade to", "payment",
		},
		codes: []string{
			"throttling", "throttlingerror", "throttled", "throttlederror", "requestthrottled",
			"toomanyrequests", "toomanyrequestserror", "requestlimitexceeded", "slowdown",
			"provisionedthroughputexceeded", "bandwidthlimitexceeded", "priorrequestnotcomplete",
			"ec2throttled", "transactioninprogress", "throughputexceeded", "ratelimitexceeded",
			"ratelimiterror", "concurrentinvocationlimitexceeded",
			"reservedfunctionconcurrentinvocationlimitexceeded", "kmsthrottling", "toomanyentities",
			"callerratelimitexceeded", "apithrottling", "activitylimitexceeded", "transactionconflict",
			"overloaded", "overloaded_error", "rate_limit_error", "rate_limit_exceeded", "resource_exhausted",
			"throttling_error", "activestatementsexceeded", "activesessionsexceeded", "modelthrottled", "toomanyrequest",
		},
		source:  "AWS SDK retry codes (botocore, SDKs for Java and Go); AWS Lambda and Amazon DynamoDB",
		example: "ClientError: An error occurred (ThrottlingException) when calling the DescribeTrainingJob operation (reached max retries: 4): Rate exceeded",
	},
	{
		name: "throttled", class: Throttling, label: Transient,
		unless: []string{"for role"},
		http:   []int{429, 509, 529},
		says: []string{
			"rate exceeded", "throttl~", "too many requests", "toomanyrequests", "reduce your request rate",
			"rate limit", "rate limited", "request limit exceeded", "slow down", "slowdown",
			"requests per second", "exceeded the rate", "exceeded * request rate", "request rate",
			"pull rate limit", "too many concurrent", "too many connections", "too many tokens, please wait", "too many tokens per",
			"wait before trying again", "provisioned throughput * exceeded", "exceed~ * provisioned throughput",
			"throughput limit", "throughput exceeds",
			"exceeded the limit for the number of * concurrently", "high demand", "high volume of requests",
			"concurrency limit", "calls per second", "transactions per second", "sending rate",
			"tokens per minute", "requests per minute", "server is busy", "server busy", "system is busy",
			"server is overloaded", "system is overloaded", "model is overloaded", "service is overloaded",
			"currently overloaded", "service overloaded",
		},
		source:  "Wording of AWS services, Docker Hub and HTTP (RFC 6585, status 429)",
		example: "Error response from daemon: you have reached your pull rate limit",
	},
	{
		name: "runs_in_use", class: QuotaContention, label: Transient,
		codes: []string{"concurrentrunsexceeded"},
		says: []string{
			"too many connections for role", "remaining connection slots", "too many clients",
			"concurrent runs exceeded", "too many jobs are being run", "open jobs limit exceeded", "concurrent * limit", "concurrent * exceeded",
		},
		source:  "AWS Glue and others: as many runs as allowed are going on; they end",
		example: "ConcurrentRunsExceededException: Concurrent runs exceeded for job daily",
	},
	{
		name: "null_message", class: Throttling, label: Transient,
		when:    isNullMessage,
		source:  "The SageMaker runtime answers a throttled call with a message of null",
		example: `{"message": null}`,
	},
}

func isNullMessage(m *message) (int, bool) {
	if m.refused {
		return 0, false // "Error Details: null" of a create call: nothing is known
	}
	switch m.low {
	case `{"message": null}`, `{"message":null}`, "null", `{"message": none}`:
		return 0, true
	}
	return 0, false
}
