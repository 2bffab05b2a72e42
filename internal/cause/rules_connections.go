package cause

// connections state that a connection that stood was lost.
var connections = []rule{
	{
		name: "transfer_stalled", class: Network, label: Transient,
		codes: []string{"requesttimeout", "incompletebody", "baddigest"},
		says: []string{
			"read operation timed out", "write operation timed out", "read timed out",
			"not read from or written to", "consistency check failed", "bytes read * expected",
			"truncated response", "hash sum mismatch", "timer expired", "different length than the expected",
		},
		unless: []string{
			"endpoint", "invocation~", "model", "lambda", "jdbc", "query", "name resolution",
			"connection refused",
		},
		source:  "S3 RequestTimeout and sockets that stalled after the connection stood: the network works in principle",
		example: "TimeoutError: The read operation timed out",
	},
	{
		name: "storage_stalled", class: Network, label: Transient, own: true,
		says:    []string{"read timeout on endpoint url * .s3.", "read timeout on endpoint url * //s3."},
		source:  "botocore ReadTimeoutError on Amazon S3, which answers any request within a minute unless the network or S3 fails",
		example: "botocore.exceptions.ReadTimeoutError: Read timeout on endpoint URL: \"https://b.s3.eu-west-1.amazonaws.com/k\"",
	},
	{
		name: "connection_lost", class: Network, label: Transient,
		unless: []string{
			"response header from upstream", "archive", "tar", "gzip", "zip", "parquet", "while parsing", "yaml", "json", "not a socket",
		},
		errno: []int{32, 103, 104},
		codes: []string{
			"connectionreseterror", "connectionclosederror", "remotedisconnected", "connectionabortederror",
			"incompleteread", "chunkedencodingerror", "responsestreamingerror", "novalidconnectionserror",
			"brokenpipeerror", "incompletereaderror", "protocolerror", "sqltransientconnection",
			"connectionreset", "remoteprotocolerror", "serverdisconnectederror", "clientpayloaderror",
			"clientoserror", "protocol", "httpclosederror", "nohttpresponse", "commclosederror", "econnreset", "econnaborted", "epipe", "connectionterminated", "connectionlost",
		},
		says: []string{
			"ssl syscall error", "ssl connection has been closed", "socket closed", "statuscode.unavailable",
			"goaway", "connection reset", "connection was reset", "connection was closed", "connection closed",
			"connection aborted", "connection broken", "connection was forcibly closed",
			"connection was aborted", "connection failed, retries exceeded",
			"connection lost", "lost connection", "server closed the connection", "remote end closed",
			"closed by remote", "target server failed to respond", "eof detected", "closed the connection", "connection dropped",
			"closed by the remote", "broken pipe", "unexpected eof", "eof occurred in violation", "unexpected_eof_while_reading",
			"incomplete read", "unable to connect to port 22", "transport endpoint is not connected",
			"network connection * lost", "ssh * port 22", "tls handshake timeout",
			"stream was reset", "premature end of content", "premature end of chunk",
			"premature end of stream", "prematurely closed", "econnreset", "epipe", "econnaborted",
			"socket hang up", "gone away", "stream ended", "connection already closed", "connection is closed",
			"the remote end hung up", "get * :// * : eof", "post * :// * : eof", "head * :// * : eof", "after attempts * : eof", "rpc failed; curl", "early eof",
			"transfer closed", "unexpected disconnect", "hung up unexpectedly", "connection terminated",
			"terminated the connection", "terminating connection", "connection is broken",
			"connection was lost", "connection has been closed", "connection was terminated",
			"broken connection", "connection unexpectedly closed", "closed unexpectedly",
			"connection was closed during", "usually succeed on a retry", "peer closed connection", "without sending complete message",
		},
		source:  "Sockets, urllib3, paramiko and database drivers: a connection that stood was lost",
		example: "requests.exceptions.ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
	},
	{
		name: "http_500", class: ServiceFault, label: Ambiguous,
		http:    []int{500, 501, 505},
		source:  "RFC 9110: the server's own fault, which a request can be the cause of each time",
		example: "HTTP 500 of the feature server",
	},
	likeThrottle,
	likeShortage,
	likeFault,
	// Ambiguous, but behind the passing ones: their words say more than these names.
	likeTimeout,
	likeConnection,
}
