package managed

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
)

// provider is a NATS server in operator mode with one account for Parley.
type provider struct {
	t        testing.TB
	server   *server.Server
	operator nkeys.KeyPair
	account  nkeys.KeyPair
	resolver *server.MemAccResolver
}

// unlimited is an account without limits that matter here.
func unlimited() jwt.JetStreamLimits {
	return jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1, MaxAckPending: -1, MemoryMaxStreamBytes: -1, DiskMaxStreamBytes: -1}
}

// provide starts a server whose account has these limits.
func provide(t testing.TB, limits jwt.JetStreamLimits) *provider {
	t.Helper()
	p := &provider{t: t, operator: pair(t, nkeys.CreateOperator), account: pair(t, nkeys.CreateAccount), resolver: &server.MemAccResolver{}}
	system := pair(t, nkeys.CreateAccount)
	op := jwt.NewOperatorClaims(public(t, p.operator))
	op.SystemAccount = public(t, system)
	if _, err := op.Encode(p.operator); err != nil {
		t.Fatal(err)
	}
	p.store(system, jwt.NewAccountClaims(public(t, system)))
	p.store(p.account, p.claims(limits))
	s, err := server.NewServer(&server.Options{
		ServerName: "provider", Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: t.TempDir(), TrustedOperators: []*jwt.OperatorClaims{op}, SystemAccount: public(t, system), AccountResolver: p.resolver,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("the server does not start")
	}
	p.server = s
	return p
}

func (p *provider) claims(limits jwt.JetStreamLimits) *jwt.AccountClaims {
	c := jwt.NewAccountClaims(public(p.t, p.account))
	c.Limits.JetStreamLimits = limits
	return c
}

func (p *provider) store(account nkeys.KeyPair, c *jwt.AccountClaims) {
	p.t.Helper()
	token, err := c.Encode(p.operator)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.resolver.Store(public(p.t, account), token); err != nil {
		p.t.Fatal(err)
	}
}

// change gives the account other limits, as somebody does who pays for more.
func (p *provider) change(limits jwt.JetStreamLimits) {
	p.t.Helper()
	c := p.claims(limits)
	p.store(p.account, c)
	account, err := p.server.LookupAccount(public(p.t, p.account))
	if err != nil {
		p.t.Fatal(err)
	}
	p.server.UpdateAccountClaims(account, c)
}

// creds makes a user of the account and returns the file of its credentials.
func (p *provider) creds(change ...func(*jwt.UserClaims)) string {
	p.t.Helper()
	user := pair(p.t, nkeys.CreateUser)
	c := jwt.NewUserClaims(public(p.t, user))
	for _, f := range change {
		f(c)
	}
	token, err := c.Encode(p.account)
	if err != nil {
		p.t.Fatal(err)
	}
	seed, err := user.Seed()
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := jwt.FormatUserConfig(token, seed)
	if err != nil {
		p.t.Fatal(err)
	}
	return file(p.t, "user.creds", text)
}

func (p *provider) url() string { return p.server.ClientURL() }

func file(t testing.TB, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func pair(t testing.TB, create func() (nkeys.KeyPair, error)) nkeys.KeyPair {
	t.Helper()
	kp, err := create()
	if err != nil {
		t.Fatal(err)
	}
	return kp
}

func public(t testing.TB, kp nkeys.KeyPair) string {
	t.Helper()
	key, err := kp.PublicKey()
	if err != nil {
		t.Fatal(fmt.Errorf("public key: %w", err))
	}
	return key
}
