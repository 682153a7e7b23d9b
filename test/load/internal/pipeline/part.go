package pipeline

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof" // on the default mux, which only -pprof serves
	"os"
	"os/signal"
	"syscall"
)

// options are what a part is started with.
type options struct {
	nats    string
	dir     string
	sync    string
	streams int
	nodes   int // of the NATS cluster; a stream has a replica on each

	name    string // of a NATS node
	cluster int    // its port for the other nodes; 0: it is alone
	routes  string // the nodes' addresses, its own included, separated by commas
}

// parts are the processes of the pipeline, by name. Each prints one line when it serves:
// its address.
var parts = map[string]func(context.Context, options) error{"nats": runNATS, "gateway": runGateway, "worker": runWorker}

// Part runs one process of the pipeline until it is told to end. The arguments are the
// part's name and its flags. It returns the exit code.
func Part(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(args) == 0 || parts[args[0]] == nil {
		fmt.Fprintln(os.Stderr, "a part of the pipeline is nats, gateway or worker")
		return 2
	}
	var o options
	flags := flag.NewFlagSet(args[0], flag.ExitOnError)
	flags.StringVar(&o.nats, "nats", "", "URL of the NATS server")
	flags.StringVar(&o.dir, "dir", "", "folder of the streams")
	flags.StringVar(&o.sync, "sync", "always", "when NATS syncs its files: always, or a time")
	flags.IntVar(&o.streams, "streams", 1, "how many streams")
	flags.IntVar(&o.nodes, "nodes", 1, "how many NATS nodes there are")
	flags.StringVar(&o.name, "name", "bench", "of a NATS node")
	flags.IntVar(&o.cluster, "cluster", 0, "its port for the other nodes")
	flags.StringVar(&o.routes, "routes", "", "where all nodes are")
	profiles := flags.String("pprof", "", "address to serve profiles on")
	_ = flags.Parse(args[1:]) // ends the process if it fails
	if *profiles != "" {
		l, err := net.Listen("tcp", *profiles)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		go func() { _ = http.Serve(l, nil) }() // ends with the process
	}
	if err := parts[args[0]](ctx, o); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", args[0], err)
		return 1
	}
	return 0
}
