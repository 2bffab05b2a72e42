package cause

// unclear fit a passing and a lasting fault alike.
var unclear = []rule{
	{
		name: "workers_over_maximum", class: QuotaContention, label: Ambiguous,
		says:    []string{"exceeded maximumcapacity", "cannot allocate worker~", "worker could not be allocated"},
		source:  "Amazon EMR Serverless: the application's own maximum, in use by this job or by others",
		example: "Worker could not be allocated: the application is at its maximum",
	},
	{
		name: "quota_code", class: QuotaContention, label: Ambiguous,
		codes: []string{
			"resourcelimitexceeded", "limitexceeded", "servicequotaexceeded", "vcpulimitexceeded",
			"instancelimitexceeded", "maxspotinstancecountexceeded", "enilimitreached",
			"subnetipaddresslimitreached", "insufficientfreeaddressesinsubnet", "networkinterfacelimitexceeded",
			"volumelimitexceeded", "quotaexceeded", "applicationmaxcapacityexceeded", "executionlimitexceeded",
			"addresslimitexceeded", "resourcenumberlimitexceeded",
		},
		unless: []string{
			"request delta of", "rate exceeded", "rate limit", "concurrent runs", "requests per",
			"request limit", "provisioned throughput", "concurrency", "queries you can run concurrently", "open jobs", "too many requests",
		},
		source:  "AWS codes for limits, where nothing says how much of what is in use",
		example: "ServiceQuotaExceededException: Service quota reached, the amount is not told",
	},
	{
		name: "quota_unstated", class: QuotaContention, label: Ambiguous,
		says: []string{
			"enough free * addresses", "enough free addresses", "resource limit", "exceeded * limit for",
			"exceed~ * quota", "quota exceeded", "quota * exceeded", "quota * reached", "service quota",
			"limit for * has been reached", "limit * has been reached", "limit * exceeded for",
			"reached the limit", "limit was reached", "limit reached", "reached the maximum number",
			"exceeded the maximum number", "maximum number of", "vcpu limit", "vcpu capacity than",
			"not enough * ip addresses", "insufficient free addresses", "free ip addresses", "no available ip",
			"max spot instance count exceeded", "your quota allows", "exceeded maximumcapacity",
			"maximum capacity limit", "account limit", "exceeds your limit", "exceeds your * limit",
			"limit exceeded", "service limit", "limit has been exceeded", "over the limit",
			"reached your limit", "reached its limit", "hit the limit", "limit for", "increase * limit",
			"request a limit increase", "request an increase", "limit increase", "exceeding * limit",
			"statuscode.resource_exhausted",
		},
		unless: []string{
			"request delta of", "retries", "rate exceeded", "rate limit", "concurrent runs", "concurrently",
			"requests per", "request limit", "provisioned throughput", "concurrency", "attempts", "exitcode",
			"iterations", "datalimitexceeded", "time limit", "memory", "token~", "length", "character~",
			"size limit", "context", "open jobs", "recursion", "number of queries",
		},
		source:  "AWS limits where the text does not say how much of what is in use",
		example: "The quota for workers has been reached: quota exceeded",
	},
	{
		name: "subnet_small", class: ConfigValidation, label: Ambiguous,
		says:    []string{"subnet * not large enough", "subnet * too small"},
		source:  "EMR: the subnet's free addresses come and go, its size stays",
		example: "The subnet subnet-1 is not large enough for the cluster",
	},
	{
		name: "accelerator_network", class: Network, label: Ambiguous,
		codes: []string{"horovodinternalerror"},
		says: []string{
			"nccl operations have failed", "ncclremoteerror", "ncclinternalerror", "socketstartconnect",
			"remote process exited", "watchdog caught collective operation timeout",
			"collective operation timeout", "processgroupnccl * timeout", "rendezvous", "store based barrier",
			"connectfullmesh", "gloo~ * connect~", "tcpstore", "socket timeout", "client socket has timed out", "network interface provisioning", "waitforinput",
			"horovod has been shut down", "mpi_~ * communicat~", "no route to host", "network is unreachable",
			"libfabric~", "~rendezvous~", "orterun was unable", "orte was unable", "orte has lost",
		},
		source:  "NCCL, Gloo and PyTorch distributed: a peer died, or the network did, or was set up wrongly",
		example: "torch.distributed.DistBackendError: [Rank 3] Watchdog caught collective operation timeout: WorkNCCL ran for 1800000 milliseconds",
	},
	{
		name: "accelerator_system", class: OutOfMemory, label: Ambiguous,
		says: []string{
			"ncclsystemerror", "unhandled system error", "cuda initialization error",
		},
		source:  "SageMaker developer guide on distributed training: may be GPU memory, may be the system",
		example: "NCCL error: unhandled system error, NCCL version 2.14.3 ncclSystemError: System call failed.",
	},
	{
		name: "accelerator_library", class: ServiceFault, label: Ambiguous,
		says: []string{
			"cudnn error", "~cudnn_status_~", "~cublas_status_~", "cuda error: unknown error",
			"cuda unknown error", "nvml",
			"ncclunhandledcudaerror", "unhandled cuda error", "unspecified launch failure", "cuda error: device unavailable", "cudnn",
		},
		unless:  []string{"uncorrectable ecc", "busy or unavailable"},
		source:  "cuDNN, cuBLAS and the driver: a broken card, memory or versions",
		example: "RuntimeError: cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
	},
	{
		name: "accelerator_talk", class: Network, label: Ambiguous,
		says:    []string{"gloo", "nccl", "~nccl~", "efa", "net/ofi"},
		unless:  []string{"uncorrectable ecc", "hardware"},
		source:  "Only that the machines' talk to each other failed is known",
		example: "NCCL WARN NET/OFI the plug-in could not start",
	},
	{
		name: "shuffle_lost", class: Network, label: Ambiguous,
		codes: []string{"fetchfailed", "metadatafetchfailed", "shuffleblockfetcheriterator"},
		says: []string{
			"location for shuffle", "fetch failed", "failed to fetch block", "shuffle * lost", "fetch-failures",
			"error reading task output", "lost * shuffle",
		},
		source:  "Apache Spark: blocks of another executor are gone, because it died or cannot be reached",
		example: "org.apache.spark.shuffle.FetchFailedException: gone",
	},
	{
		name: "null_details", class: Throttling, label: Ambiguous,
		when:    isNullDetails,
		source:  "Pipelines passes a create call's answer of null on; the runtime's null means throttling",
		example: "ClientError: Failed to invoke sagemaker:CreateModel. Error Details: null",
	},
	{
		name: "credentials_unread", class: AccessDenied, label: Ambiguous,
		codes: []string{
			"credentialretrievalerror", "metadataretrievalerror", "nocredentialserror", "nocredentials",
		},
		says: []string{
			"unable to locate credentials", "unable to load aws credentials", "unable to load credentials",
			"credentials from any provider", "could not load credentials", "no valid credential~ sources",
		},
		unless:  []string{"container-role", "iam-role", "retrieving metadata", "container metadata"},
		source:  "botocore: a provider of credentials failed, which may be set up wrongly",
		example: "botocore.exceptions.CredentialRetrievalError: Error when retrieving credentials from custom-process: gave nothing",
	},
	{
		name: "unreachable", class: Network, label: Ambiguous,
		errno: []int{101, 110, 111, 113},
		codes: []string{
			"endpointconnectionerror", "connecttimeouterror", "connecttimeout", "connectionrefusederror",
			"gaierror", "nameresolutionerror", "unknownhost", "sslerror", "certificateerror", "connect",
			"noroutetohost", "sslhandshake", "distnetworkerror", "diststoreerror", "clientconnectorerror",
			"connecterror", "proxyerror", "localentrynotfounderror", "efsmountconnectivity", "efsmountfailure",
		},
		says: []string{
			"connection from pool", "connection pool", "connection timed out", "connect timed out",
			"connection refused", "could not connect to", "couldn't connect to", "unable to connect to",
			"failed to connect", "cannot connect to", "can't connect to", "connect timeout",
			"connection timeout", "failed to establish a new connection", "name resolution",
			"name or service not known", "nodename nor servname", "could not resolve host", "could not resolve",
			"unknown host", "network is unreachable", "no route to host", "host is unreachable",
			"certificate verify failed", "handshake failure", "tls handshake", "connection error * trying to connect", "connection attempt failed",
			"couldn't make a network connection", "could not make a network connection",
			"trying to locate the file on the hub", "offline mode", "temporary failure resolving",
			"connection issue between", "cursor already closed", "failed to reach", "unable to reach",
			"communications link failure", "network error", "check your internet connection",
			"is not reachable", "failed to open a connection", "proxy error", "dial tcp", "no such host",
			"econnrefused", "etimedout", "enotfound", "eai_again", "ehostunreach", "enetunreach",
			"certificate signed by unknown", "wrong_version_number", "mount * file system", "unable to mount",
			"failed to mount", "mount.nfs", "mount point", "unable to access", "unable to execute request", "could not translate host",
			"tunnel connection failed", "proxyerror", "max retries exceeded with", "waiting for connection",
		},
		unless: []string{
			"eof occurred in violation", "unexpected_eof", "retrieving credentials", "container metadata",
			"503 server error", "http error 503", "ssl syscall", "port 22", "tls handshake timeout", "could not resolve property", "500 server error",
			"502 server error", "504 server error", "http error 500", "http error 502", "http error 504",
		},
		source:  "Sockets, botocore, JDBC and urllib3: a route, security group or endpoint may be missing for good",
		example: "botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: \"https://sts.eu-west-1.amazonaws.com/\"",
	},
	{
		name: "answer_too_slow", class: DependencyTimeout, label: Ambiguous,
		says:    []string{"read timed out", "read timeout", "read operation timed out"},
		and:     []string{"endpoint", "invocation~", "model", "lambda", "jdbc", "query", "runtime"},
		unless:  []string{"endpoint url * .s3.", "endpoint url * //s3.", "retrieving metadata", "retrieve * metadata"},
		source:  "botocore and drivers: what was called takes longer than the client waits",
		example: "botocore.exceptions.ReadTimeoutError: Read timeout on endpoint URL: \"https://runtime.sagemaker.eu-west-1.amazonaws.com/\"",
	},
	{
		name: "waited_too_long", class: DependencyTimeout, label: Ambiguous,
		http: []int{408, 499},
		codes: []string{
			"sockettimeout", "requesttimeouterror", "deadlineexceeded", "querytimeout", "efsmounttimeout",
			"waitererror", "waiter", "timeoutexpired", "socketclosed", "modeltimeout", "polltimeout",
			"task_timed_out",
		},
		says: []string{
			"read timed out", "read timeout", "failed waiting for successful resource state", "timed out waiting", "timed out while waiting", "timeout waiting",
			"timeout while waiting", "timed out after", "timeout after", "timed out", "deadline exceeded",
			"did not respond", "not respond~ in time", "no response from", "no heartbeat", "heartbeat",
			"max attempts exceeded", "timeout exceeded", "exceeded the timeout", "exceeded timeout", "time-out",
			"gave up waiting", "timeout expired", "request timeout", "operation timeout", "execution timeout",
			"lock wait timeout", "not ready in time", "failed to reach * within", "timed-out", "took too long", "did not finish within", "did not complete within", "not completed within", "not stabilize",
			"timeout", "deadline_exceeded",
		},
		unless: []string{
			"gloo", "read operation timed out", "write operation timed out", "read timed out",
			"not read from or written to", "gateway timeout", "gateway time-out", "provisioning", "504",
			"500 server error", "502 server error", "503 server error", "504 server error", "http error 500",
			"http error 502", "http error 503", "http error 504", "provision~", "tls handshake", "dial tcp",
			"endpoint url * .s3.", "endpoint url * //s3.", "network interface provisioning", "client socket has timed out",
			"etcdserver", "cas service", "ssl syscall error", "retrieving metadata", "retrieve * metadata",
		},
		source:  "Clients that stopped waiting: too slow always, or this once",
		example: "Task timed out after 900.00 seconds",
	},
}

// isNullDetails reports whether a create call was refused with nothing said.
func isNullDetails(m *message) (int, bool) {
	return 0, m.refused && (m.low == "null" || m.low == "none")
}
