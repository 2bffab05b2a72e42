package cause

// The rules of this file read the names of codes that no other rule knows:
// AWS, gRPC and Java name their errors alike, so that a part of the name says
// what kind it is. Each stands at the end of the table for its kind.

var likeDenial = rule{
	name: "code_like_denial", class: AccessDenied, label: Permanent,
	like: []string{
		"~denied~", "~notauthorized~", "~unauthorized~", "~forbidden~", "~authentication~", "~authorization~",
		"~credential~", "~permissiondenied~", "~notsubscribed~",
	},
	unless:  []string{"credentials from any provider", "load aws credentials", "load credentials"},
	source:  "Names of AWS codes for missing permissions",
	example: "An error occurred (ColumnAccessDeniedException) when calling the GetTable operation: refused",
}

var likeAbsence = rule{
	name: "code_like_absence", class: DataMissing, label: Permanent,
	like:    []string{"~notfound~", "~doesnotexist~", "~notexist~", "nosuch~", "~not_found~"},
	source:  "Names of AWS codes for what is not there",
	example: "An error occurred (WorkGroupNotFoundException) when calling the StartQueryExecution operation: refused",
}

var likeLimit = rule{
	name: "code_like_limit", class: QuotaContention, label: Ambiguous,
	like:    []string{"~limitexceeded~", "~quotaexceeded~", "~limitreached~", "~limit_exceeded~", "~maxlimit~"},
	source:  "Names of AWS codes for quotas; whether it frees itself is not told",
	example: "An error occurred (SnapshotLimitExceeded) when calling the CreateSnapshot operation: refused",
}

var likeTimeout = rule{
	name: "code_like_timeout", class: DependencyTimeout, label: Ambiguous,
	like:    []string{"~timeout~", "~timedout~", "~deadline~"},
	source:  "Names of exceptions of clients that stopped waiting",
	example: "com.example.QueueTimeoutException: gave way",
}

var likeConnection = rule{
	name: "code_like_connection", class: Network, label: Ambiguous,
	says: []string{"unable to execute http request", "connection attempt"},
	like: []string{
		"~connection~error", "~connect~error", "~connection", "~sockets~", "~socketerror~", "~hostunreachable~",
	},
	source:  "Names of exceptions of sockets and drivers",
	example: "com.example.WarehouseConnectionException: gone",
}

var likeConflict = rule{
	name: "code_like_conflict", class: ConfigValidation, label: Ambiguous,
	like: []string{
		"~inuse~", "~conflict~", "~inprogress~", "~concurrentupdate~", "~beingmodified~", "~lockedexception~",
	},
	source:  "Names of AWS codes for resources that something else changes",
	example: "An error occurred (TagsInUseException) when calling the DeleteTags operation: refused",
}

var likeRefusal = rule{
	name: "code_like_refusal", class: ConfigValidation, label: Permanent,
	like: []string{
		"invalid~", "~invalid", "malformed~", "unsupported~", "~notsupported~", "~alreadyexists~", "~mismatch~",
		"~validation~", "missing~", "~notallowed~", "~toolong~", "~outofrange~",
	},
	source:  "Names of AWS codes for requests that are refused as they stand",
	example: "An error occurred (InvalidTagException) when calling the AddTags operation: refused",
}

var likeThrottle = rule{
	name: "code_like_throttle", class: Throttling, label: Transient,
	like:    []string{"~throttl~", "~ratelimit~", "~rateexceeded~", "~toomanyrequests~"},
	source:  "Names of AWS codes for too many calls",
	example: "An error occurred (TableThrottledException) when calling the Scan operation: refused",
}

var likeShortage = rule{
	name: "code_like_shortage", class: Capacity, label: Transient,
	like:    []string{"~capacity~", "~insufficientresource~"},
	unless:  []string{"reservation", "~reservation~", "training plan"},
	source:  "Names of AWS codes for machines that are not free",
	example: "An error occurred (HostCapacityException) when calling the AllocateHosts operation: refused",
}

var likeFault = rule{
	name: "code_like_fault", class: ServiceFault, label: Transient,
	like: []string{
		"internal~", "~internalerror~", "~internalserver~", "~unavailable~", "~servererror~",
		"~servicefailure~",
	},
	source:  "Names of AWS codes for faults of a service",
	example: "An error occurred (QueueUnavailableException) when calling the Send operation: refused",
}
