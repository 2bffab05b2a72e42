package cause

// faults state that a service or a machine failed and will not stay so.
var faults = []rule{
	{
		name: "machine_broken", class: ServiceFault, label: Transient,
		says: []string{
			"hardware failure", "hardware error", "instance failure", "instance * unhealthy", "host failure",
			"uncorrectable ecc", "underlying host", "status check~ failed", "fallen off the bus",
			"busy or unavailable", "gpu is lost", "xid 79", "xid 48", "xid 63", "xid 64", "xid 74", "xid 94",
			"xid 95", "nvlink error", "row remap~", "ecc error", "faulty instance", "instance replaced",
			"instance was replaced", "node was lost", "node lost", "node is unhealthy", "unhealthy node",
			"degraded hardware", "instance retirement", "deep health check", "fault in the underlying",
			"lost the docker daemon", "nodenotready", "node not ready", "nodelost", "unexpectedadmissionerror",
		},
		codes:   []string{"instance_failure", "hosterror"},
		source:  "Seen on GPU instances: another run gets another machine",
		example: "NCCL watchdog thread terminated with exception: CUDA error: uncorrectable ECC error encountered",
	},
	{
		name: "transactions_collided", class: ServiceFault, label: Transient, sure: true,
		unless: []string{"read-only", "multiprocessing", "thread~"},
		codes: []string{
			"deadlockdetected", "serializationfailure", "transactionconflict", "transactionrollbackerror",
			"iceberg_commit_error", "concurrentappend", "conditionalrequestconflict",
		},
		says: []string{
			"serializable isolation violation", "could not serialize access", "deadlock found",
			"deadlock detected", "deadlocked on", "conflicts with concurrent transaction", "database is locked",
			"try restarting transaction",
		},
		source:  "SQLSTATE class 40, Redshift error 1023, MySQL errors 1205 and 1213: run the transaction again",
		example: "ERROR: 1023 DETAIL: Serializable isolation violation on table in Redshift",
	},
	{
		name: "metadata_service", class: ServiceFault, label: Transient,
		says: []string{
			"retrieve container metadata", "retrieving metadata", "credentials from container-role",
			"credentials from iam-role",
		},
		source:  "botocore: the machine's own credential server did not answer",
		example: "Error when retrieving credentials from container-role: gave nothing",
	},
	{
		name: "database_away", class: ServiceFault, label: Transient,
		says: []string{
			"database system is starting up", "database system is shutting down", "in recovery mode",
			"due to administrator command", "conflict with recovery", "cluster is being resized",
			"cluster is being restarted", "during failover", "failover in progress", "is being rebooted",
			"maintenance window", "database is restarting",
		},
		source:  "PostgreSQL class 57P, Amazon Redshift and Aurora while they restart or fail over",
		example: "FATAL: the database system is starting up",
	},
	{
		name: "service_fault", class: ServiceFault, label: Transient,
		http: []int{502, 503, 504, 520, 521, 522, 523, 524, 530},
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
			"service is currently unavailable", "service error", "service exception", "bad gateway",
			"gateway timeout", "gateway time-out", "unexpected ec2 client exception",
			"temporary failure of the server", "unknown error, exception or failure",
			"request to service failed", "problem on our side", "internal problem", "internal issue",
			"service encountered", "unable to process your request", "unable to complete the request",
			"unable to complete your request", "experienced an internal", "failed due to an internal",
			"temporary error", "temporary failure", "transient error", "transient failure", "temporary problem",
			"system is temporarily", "please submit your request again", "try submitting", "on our end",
			"on our side", "service is not available", "unexpected http status: 5~", "backend unavailable",
			"encountered an unexpected error", "upstream connect error", "no healthy upstream",
			"(500) when calling", "500 server error",
		},
		unless: []string{
			"received server error", "localhost", "127.0.0.1", "from algorithm", "from model", "from container",
			"psycopg~", "sqlalchemy~", "errors_impl", "blas", "uninitialized", "from primary",
			"name resolution", "not a transient", "non-transient", "not transient", "permanent~",
			"user container",
		},
		source:  "AWS 5xx codes and the wording of SageMaker, Lambda and EMR",
		example: "InternalServerError: We encountered an internal error. Please try again.",
	},
	{
		name: "asked_to_retry", class: ServiceFault, label: Transient,
		says: []string{
			"try your request again", "retry later", "please try again", "please retry", "try again later",
			"try again in a few", "retry your request", "retry the request", "temporarily unavailable",
			"is currently unavailable", "is temporarily", "persists after retry", "under maintenance",
			"becomes active", "wait for the * and try again",
		},
		// A person is asked to do something first.
		unless: []string{
			"fix", "correct", "verify", "check", "ensure", "make sure", "provide", "specify", "change",
			"update", "different", "increase", "reduce", "resolve", "after you", "modify", "delete", "remove",
			"resource temporarily unavailable", "localhost", "127.0.0.1", "choose", "select", "once you",
			"grant", "enable", "valid", "create", "fewer", "smaller", "larger", "another", "with a", "shorter",
			"account is", "verification",
		},
		source:  "Wording of AWS services that ask the caller to come back",
		example: "The registry for features is temporarily unavailable",
	},
}
