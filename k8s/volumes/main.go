// Command volumes changes the volumes of NATS and MongoDB on a running cluster to what
// storage.yaml of an overlay says, with kubectl, while people chat. Kubernetes itself does
// neither: what a StatefulSet says about its volumes can't be changed.
//
//	go run ./k8s/volumes grow k8s/overlays/production        larger volumes
//	go run ./k8s/volumes move k8s/overlays/production nats   volumes of another class,
//	                                                         one replica after the other
//
// Both may be stopped, and repeated, at any point. docs/kubernetes.md, "Storage", says more.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	c := &cluster{out: os.Stdout}
	flag.StringVar(&c.namespace, "n", "parley", "namespace")
	flag.DurationVar(&c.patience, "timeout", 6*time.Hour, "how long to wait for one volume to grow, or one replica to copy everything")
	flag.Usage = func() {
		_, _ = fmt.Fprintf(flag.CommandLine.Output(), "usage: volumes [-n NAMESPACE] [-timeout TIME] grow OVERLAY\n       volumes [-n NAMESPACE] [-timeout TIME] move OVERLAY nats|mongo\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := c.run(ctx, flag.Args()); err != nil {
		fmt.Fprintf(os.Stderr, "volumes: %v\n", err)
		os.Exit(1)
	}
}

func (c *cluster) run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "grow":
		c.overlay = args[1]
		return c.grow(ctx)
	case len(args) == 3 && args[0] == "move":
		c.overlay = args[1]
		return c.move(ctx, args[2])
	}
	flag.Usage()
	return fmt.Errorf("say grow or move, and the overlay's folder")
}
