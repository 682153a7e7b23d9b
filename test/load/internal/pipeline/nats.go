package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// runNATS is a nats-server with JetStream on a free loopback port, with the settings of
// one that runs Parley and otherwise its defaults.
func runNATS(ctx context.Context, o options) error {
	opts := &server.Options{ServerName: o.name, Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: o.dir, MaxPayload: 1 << 20}
	if o.sync == "always" {
		opts.SyncAlways = true
	} else {
		every, err := time.ParseDuration(o.sync)
		if err != nil {
			return fmt.Errorf("-sync is always or a time such as 100ms: %w", err)
		}
		opts.SyncInterval = every
	}
	if o.cluster != 0 {
		opts.Cluster = server.ClusterOpts{Name: "bench", Host: "127.0.0.1", Port: o.cluster}
		opts.Routes = server.RoutesFromStr(o.routes)
	}
	s, err := server.NewServer(opts)
	if err != nil {
		return fmt.Errorf("set up the NATS server: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		return errors.New("the NATS server did not become ready within 30 s")
	}
	fmt.Println(s.ClientURL())
	<-ctx.Done()
	s.Shutdown()
	s.WaitForShutdown()
	return nil
}
