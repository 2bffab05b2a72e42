package cause

// passing state faults that go away by themselves.
var passing = []rule{
	{
		name: "quota_in_use", class: QuotaContention, label: Transient,
		when:    quotaInUse,
		source:  "ResourceLimitExceeded on jobs, which end and free what they use",
		example: "The account-level service limit 'ml.c5.xlarge for processing job usage' is 4 Instances, with current utilization of 4 Instances and a request delta of 1 Instances.",
	},
	{
		name: "spot_taken", class: SpotInterruption, label: Transient,
		codes: []string{
			"maxwaittimeexceeded", "spotinstanceinterruption", "spotinterruption", "spotinstancetermination",
		},
		says: []string{
			"spot * interrupted", "spot * interruption", "spot * reclaimed", "spot * terminated",
			"spot * termination", "spot * preempted", "capacity-not-available", "no spot capacity",
			"spot capacity", "spot * capacity * available", "instance-terminated-no-capacity",
			"instance-terminated-by-price",
			"maximum allowed wait time", "exceeded maxwaittimeinseconds", "max wait time",
			"host ec2 * terminated", "instance was preempted", "interrupted * spot", "terminated * spot",
		},
		source:  "Training job SecondaryStatus Interrupted and MaxWaitTimeExceeded; EC2 spot request status codes",
		example: "ClientError: The managed spot training instances were interrupted.",
	},
	{
		name: "no_capacity", class: Capacity, label: Transient,
		codes: []string{
			"capacityerror", "insufficientinstancecapacity", "insufficientinstancecapacityerror",
			"ec2insufficientcapacityerror", "insufficientcapacity", "insufficientcapacityerror",
			"insufficienthostcapacity", "insufficientreservedinstancecapacity",
			"unfulfillablecapacity", "insufficientcapacityonoutpost", "instance_fleet_timeout",
			"insufficientresources", "nocapacity", "resourceunavailable", "jobcapacityerror",
			"ec2insufficientinstancecapacity", "sagemakercapacityerror",
		},
		says: []string{
			"unable to provision requested ml compute capacity", "unable to provision * capacity",
			"insufficient instance capacity", "insufficient capacity", "insufficient * capacity",
			"~insufficientinstancecapacity~", "out of capacity", "capacity is unavailable",
			"capacity * unavailable",
			"capacity * not available", "no capacity", "no available capacity", "sufficient * capacity",
			"not have enough * capacity", "not enough * capacity", "lack of capacity", "capacity shortage",
			"capacity constraint~", "capacity is not available", "capacity is currently",
			"temporarily unavailable in * availability zone~", "instance type * temporarily unavailable",
			"unable to acquire capacity", "provisioning * timed out", "provisioning timeout",
			"instance type * not available at this time", "provisioning additional capacity",
			"waiting for capacity", "resource unavailable", "resources unavailable", "unable to place a task",
			"waiting for * capacity", "failed to provision", "time out * provisioning", "failedscheduling",
			"nodes are available * insufficient",
		},
		unless:  []string{"reservation", "training plan", "maximumcapacity"},
		source:  "SageMaker CapacityError, EC2 InsufficientInstanceCapacity, EMR and Fargate",
		example: "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.",
	},
	{
		name: "throttled", class: Throttling, label: Transient,
		codes: []string{
			"throttling", "throttlingerror", "throttled", "throttlederror", "requestthrottled",
			"toomanyrequests", "toomanyrequestserror", "requestlimitexceeded", "slowdown",
			"provisionedthroughputexceeded", "bandwidthlimitexceeded", "priorrequestnotcomplete",
			"ec2throttled", "transactioninprogress",
			"throughputexceeded", "ratelimitexceeded", "ratelimiterror", "concurrentinvocationlimitexceeded",
			"reservedfunctionconcurrentinvocationlimitexceeded", "kmsthrottling", "toomanyentities",
			"callerratelimitexceeded", "apithrottling", "activitylimitexceeded",
		},
		says: []string{
			"rate exceeded", "throttl~", "too many requests", "toomanyrequests", "reduce your request rate",
			"rate limit", "rate limited", "request limit exceeded", "slow down", "slowdown", "status code: 429",
			"http 429", "429 client error", "error 429", "(429)", "requests per second", "exceeded the rate",
			"exceeded * request rate", "request rate", "pull rate limit", "too many concurrent",
			"too many connections", "too many tokens", "wait before trying again", "provisioned throughput",
			"throughput limit", "exceeded the limit for the number of * concurrently",
		},
		source:  "AWS SDK retry codes (botocore, SDKs for Java and Go), Docker Hub, AWS Lambda",
		example: "ClientError: An error occurred (ThrottlingException) when calling the DescribeTrainingJob operation (reached max retries: 4): Rate exceeded",
	},
	{
		name: "runs_in_use", class: QuotaContention, label: Transient,
		codes:   []string{"concurrentrunsexceeded"},
		says:    []string{"concurrent runs exceeded", "concurrent * limit", "concurrent * exceeded"},
		source:  "AWS Glue and others: as many runs as allowed are going on; they end",
		example: "ConcurrentRunsExceededException: Concurrent runs exceeded for job daily",
	},
	{
		name: "null_message", class: Throttling, label: Transient,
		when:    isNullMessage,
		source:  "The SageMaker runtime answers a throttled call with a message of null",
		example: `{"message": null}`,
	},
	{
		name: "machine_broken", class: ServiceFault, label: Transient,
		says: []string{
			"hardware failure", "hardware error", "instance failure", "instance * unhealthy", "host failure",
			"uncorrectable ecc", "underlying host", "status check~ failed", "fallen off the bus",
			"busy or unavailable",
		},
		codes:   []string{"instance_failure", "hosterror"},
		source:  "Seen on GPU instances: another run gets another machine",
		example: "NCCL watchdog thread terminated with exception: CUDA error: uncorrectable ECC error encountered",
	},
	{
		name: "service_fault", class: ServiceFault, label: Transient,
		codes: []string{
			"internalservererror", "internalserver", "internalfailure", "internalserviceerror",
			"internalservice", "internalerror", "internaldependency", "service", "servicefailure",
			"serviceunavailable", "serviceunavailableerror", "serviceinternal", "internal_error",
			"modelnotready", "resourcenotready", "snapstartnotready", "internal_error_query_engine",
			"ec2unexpected", "sandboxtimedout", "efsio", "kmsinternal", "temporarilyunavailable",
			"servicetimeout", "generalservice",
		},
		says: []string{
			"internal error", "internal server error", "internal service error", "internal failure",
			"internal exception", "service unavailable", "service is unavailable",
			"service temporarily unavailable", "service is temporarily unavailable",
			"service is currently unavailable",
			"service error", "service exception", "500 server error", "502 server error", "503 server error",
			"504 server error", "bad gateway", "gateway timeout", "gateway time-out", "status code: 500",
			"status code: 502", "status code: 503", "status code: 504", "http 500", "http 502", "http 503",
			"http 504", "(500)", "(502)", "(503)", "(504)",
			"http error 500", "http error 502", "http error 503", "http error 504",
			"unexpected ec2 client exception", "temporary failure of the server",
			"unknown error, exception or failure", "request to service failed", "problem on our side",
		},
		unless: []string{
			"received server error", "localhost", "127.0.0.1", "from algorithm", "from model", "from container",
			"psycopg~", "sqlalchemy~", "errors_impl", "blas", "uninitialized", "from primary",
		},
		source:  "AWS 5xx codes and the wording of SageMaker, Lambda and EMR",
		example: "InternalServerError: We encountered an internal error. Please try again.",
	},
	{
		name: "asked_to_retry", class: ServiceFault, label: Transient,
		says: []string{
			"please try again", "please retry", "try again later", "try again in a few", "retry your request",
			"retry the request", "temporarily unavailable", "is currently unavailable", "is temporarily",
			"persists after retry", "under maintenance", "becomes active", "wait for the * and try again",
		},
		// A person is asked to do something first.
		unless: []string{
			"fix", "correct", "verify", "check", "ensure", "make sure", "provide", "specify", "change",
			"update", "different", "increase", "reduce", "resolve", "after you", "modify", "delete", "remove",
			"resource temporarily unavailable", "localhost", "127.0.0.1", "choose", "select", "once you",
			"grant", "enable", "valid", "create",
		},
		source:  "Wording of AWS services that ask the caller to come back",
		example: "The registry for features is temporarily unavailable",
	},
	{
		name: "transfer_stalled", class: Network, label: Transient,
		codes: []string{"requesttimeout", "incompletebody", "baddigest"},
		says: []string{
			"read operation timed out", "write operation timed out", "read timed out",
			"not read from or written to", "consistency check failed", "bytes read * expected",
			"truncated response",
		},
		unless: []string{
			"endpoint", "invocation~", "model", "lambda", "jdbc", "query", "name resolution",
			"connection refused",
		},
		source:  "S3 RequestTimeout and sockets that stalled after the connection stood: the network works in principle",
		example: "TimeoutError: The read operation timed out",
	},
	{
		name: "connection_lost", class: Network, label: Transient,
		codes: []string{
			"connectionreseterror", "connectionclosederror", "remotedisconnected", "connectionabortederror",
			"incompleteread", "chunkedencodingerror", "responsestreamingerror", "novalidconnectionserror",
			"brokenpipeerror", "incompletereaderror",
		},
		says: []string{
			"connection reset", "connection was reset", "connection was closed", "connection closed",
			"connection aborted", "connection broken", "connection was forcibly closed",
			"connection was aborted", "connection failed, retries exceeded", "connection failed",
			"connection lost", "lost connection", "server closed the connection",
			"remote end closed", "closed by remote", "eof detected", "closed the connection",
			"connection dropped", "closed by the remote", "broken pipe", "unexpected eof",
			"eof occurred in violation", "incomplete read", "unable to connect to port 22",
			"transport endpoint is not connected", "network connection * lost", "ssh * port 22",
			"tls handshake",
			"handshake failure", "stream was reset", "premature end of", "prematurely closed",
		},
		source:  "Sockets, urllib3, paramiko and database drivers: a connection that stood was lost",
		example: "requests.exceptions.ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
	},
}

func isNullMessage(m *message) (int, bool) {
	switch m.low {
	case `{"message": null}`, `{"message":null}`, "null", `{"message": none}`:
		return 0, true
	}
	return 0, false
}
