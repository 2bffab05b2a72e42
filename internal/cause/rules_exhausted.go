package cause

import "strings"

// exhausted say that memory, a volume or the allowed time was too small for the
// work, which is the same work next time.
var exhausted = []rule{
	{
		name: "out_of_memory", class: OutOfMemory, label: Permanent,
		errno: []int{12},
		codes: []string{
			"outofmemoryerror", "outofmemory", "memoryerror", "oomkilled", "cudaerrormemoryallocation",
			"cublas_status_alloc_failed", "arraymemoryerror", "_arraymemoryerror", "arrowmemoryerror",
		},
		says: []string{
			"exhausted resources", "exceeded_memory_limit", "exceeded * memory", "memory quota",
			"out of memory", "out-of-memory", "out_of_memory", "outofmemory~", "oom", "oom-kill~", "oom killer",
			"cannot allocate memory", "can't allocate memory", "could not allocate memory",
			"unable to allocate * gib", "unable to allocate * mib", "unable to allocate memory",
			"failed to allocate memory", "memory allocation", "bad_alloc", "java heap space",
			"gc overhead limit exceeded", "exceeding memory limits", "exceeding physical memory",
			"physical memory used", "insufficient memory", "no available memory", "not enough memory", "ran out of memory",
			"memory limit exceeded", "exceeded memory", "insufficient shared memory", "out of shared memory",
			"more memory", "larger instance", "bigger instance", "low on resource: memory", "sent sigkill",
			"memory size exceeded", "malloc of size", "signal: killed", "memory exhausted", "memory * exhausted",
			"attempting to allocate", "exhausted * memory", "killed by signal", "evicted", "node was low on",
		},
		unless:  []string{"insufficient memory * instance~ * capacity", "ephemeral~storage", "ephemeral-storage", "signal: segmentation fault", "signal: aborted"},
		source:  "Linux, Python, CUDA, the JVM, YARN and AWS Lambda on memory",
		example: "AlgorithmError: RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB",
	},
	{
		name: "killed_for_memory", class: OutOfMemory, label: Permanent,
		when:    isKilled,
		exit:    []int{137},
		says:    []string{"sigkill"},
		source:  "128+9: the kernel's memory killer ends a container's process with SIGKILL",
		example: "AlgorithmError: , exit code: 137",
	},
	{
		name: "disk_full", class: DiskFull, label: Permanent,
		errno: []int{28, 122},
		codes: []string{
			"enospc", "bootstrap_failure_insufficient_disk_space_primary",
			"bootstrap_failure_insufficient_disk_space_worker",
		},
		says: []string{
			"no space left", "ran out of room", "run out of space", "ran out of space", "out of disk space", "out of disk",
			"out of space", "disk full", "disk is full", "volume is full", "enospc", "disk quota exceeded",
			"not enough disk space", "not enough free disk", "not enough space", "not enough free space", "storagefull", "insufficient disk",
			"insufficient * disk space", "insufficient storage", "not enough storage", "disk space * exceeded",
			"enough disk space", "usable space", "increase the volume size", "more storage",
			"ephemeral-storage", "model data archive is too large", "larger volume",
			"volumesizeingb * too small", "disk usage exceeded", "ephemeral storage * exceed~",
			"exceeded * ephemeral~storage", "local storage usage * exceeds", "replicated to 0 nodes",
			"replicate to zero nodes", "disk is almost full", "disks are bad", "local-dirs are bad",
		},
		source:  "Linux, Docker, EMR and SageMaker on full volumes",
		example: "ClientError: Data download failed:[Errno 28] No space left on device",
	},
	{
		name: "max_runtime", class: StoppedOrTimeout, label: Permanent,
		codes: []string{"maxruntimeexceeded", "jobtimeout"},
		says: []string{
			"maximum allowed runtime", "max runtime", "maximum runtime", "maxruntimeinseconds",
			"maximum run time", "max_runtime", "exceeded * runtime limit", "exceeded * time limit",
			"stopping condition", "maximum execution time", "job timeout", "time limit * exceeded",
			"maximum time limit",
		},
		source:  "Training job SecondaryStatus MaxRuntimeExceeded: the same run meets the same limit",
		example: "MaxRuntimeExceeded - Training job runtime exceeded MaxRuntimeInSeconds provided",
	},
	{
		name: "stopped", class: StoppedOrTimeout, label: Permanent,
		codes: []string{"user_request", "cluster_terminated", "stoppedbyuser"},
		says: []string{
			"stopped by user", "stopped by the user", "stopped by a user", "terminated by user",
			"terminated by the user", "cancelled by user", "canceled by user", "user request", "user requested",
			"job was stopped", "job has stopped", "job stopped by", "manually stopped", "was cancelled", "was canceled",
			"was aborted", "keyboardinterrupt", "stopped manually", "step was cancelled", "job run was stopped",
			"has been stopped", "shut down by user", "signal 15", "terminated idle", "auto-terminated",
			"stopped by", "cancelled the operation", "canceled the operation", "aborted by",
			"cancelled because", "canceled because", "by the user", "by user", "jobrun timeout",
		},
		unless:  []string{"spot", "by signal", "nccl", "communicator"},
		source:  "SageMaker, EMR and Glue on work that a person ended",
		example: "Terminated by user request",
	},
}

// isKilled reports whether a shell's word for SIGKILL is all that is left.
func isKilled(m *message) (int, bool) { return 0, strings.Trim(m.low, ". ") == "killed" }
