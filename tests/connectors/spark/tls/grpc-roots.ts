// gRPC looks at this when it is loaded, and would fail at a file that is not there: no connection of ours may depend on it.
process.env.GRPC_DEFAULT_SSL_ROOTS_FILE_PATH = "/nowhere/roots.pem";
