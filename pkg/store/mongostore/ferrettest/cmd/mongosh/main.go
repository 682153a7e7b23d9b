// Command mongosh stands in for MongoDB's shell where FerretDB stands in for
// MongoDB, in the two calls that k8s/base/mongo makes of it. The readiness probe
// gives it an expression: somebody has to listen at this machine's own name. The
// Job mongo-init gives it an address and a script: it makes Parley's user as that
// script does, and no replica set, which FerretDB does not have.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
)

const (
	probeLimit = 2 * time.Second
	tryLimit   = 10 * time.Second
	// tries and between are those of init.js.
	tries   = 90
	between = 2 * time.Second
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "mongosh (a stand-in):", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	uri := ""
	for _, arg := range args {
		if strings.HasPrefix(arg, "mongodb://") {
			uri = arg
		}
	}
	if uri == "" {
		return listens(ctx)
	}
	for left := tries; ; left-- {
		err := makeUser(ctx, uri)
		if err == nil || left == 0 {
			return err
		}
		fmt.Printf("make Parley's user: %v; again in %v\n", err, between)
		again := time.NewTimer(between)
		<-again.C
	}
}

// listens does not ask at loopback: there FerretDB does not listen.
func listens(ctx context.Context) error {
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	d := net.Dialer{Timeout: probeLimit}
	c, err := d.DialContext(ctx, "tcp", net.JoinHostPort(host, "27017"))
	if err != nil {
		return err
	}
	return c.Close()
}

func makeUser(ctx context.Context, uri string) error {
	password := os.Getenv("PARLEY_PASSWORD")
	if password == "" {
		return errors.New("PARLEY_PASSWORD is empty")
	}
	ctx, stop := context.WithTimeout(ctx, tryLimit)
	defer stop()
	client, err := mongo.Connect(ctx, options.Client().ApplyURI(uri))
	if err != nil {
		return err
	}
	defer func() { _ = client.Disconnect(context.WithoutCancel(ctx)) }()
	// FerretDB 1 knows no roles; whoever signs in may do everything.
	var faults []error
	for _, command := range []string{"createUser", "updateUser"} {
		err := client.Database("parley").RunCommand(ctx, bson.D{{Key: command, Value: "parley"}, {Key: "pwd", Value: password}, {Key: "roles", Value: bson.A{}}}).Err()
		if err == nil {
			fmt.Println("Parley's user is set up.")
			return nil
		}
		faults = append(faults, fmt.Errorf("%s: %w", command, err))
	}
	return errors.Join(faults...)
}
