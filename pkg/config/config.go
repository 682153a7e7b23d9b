// Package config reads Parley's settings from the environment and finds all
// faults in them at once.
package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v10"

	"github.com/parley-chat/parley/pkg/chat"
)

// Config holds every setting. README.md lists them with their meaning.
type Config struct {
	Addr    string `env:"ADDR" envDefault:"127.0.0.1:8080"`
	DataDir string `env:"DATA_DIR" envDefault:"data"`
	// HealthAddr is where a role other than the gateway answers how it is.
	HealthAddr string `env:"HEALTH_ADDR"`

	NATSURL string `env:"NATS_URL"`
	// NATSCA is a file with the certificates that vouch for the NATS server.
	NATSCA       string `env:"NATS_CA"`
	NATSSync     Sync   `env:"NATS_SYNC" envDefault:"always"`
	NATSReplicas int    `env:"NATS_REPLICAS" envDefault:"1"`
	Streams      int    `env:"STREAMS" envDefault:"8"`
	MongoURL     string `env:"MONGO_URL"`
	// DiskReserve is kept free on the file system of DATA_DIR for what was
	// accepted already, where the NATS server is the embedded one.
	DiskReserve Size `env:"DISK_RESERVE" envDefault:"256MB"`

	Retention time.Duration `env:"RETENTION" envDefault:"168h"`

	VisitorAuth       string  `env:"VISITOR_AUTH" envDefault:"claim"`
	TokenKey          string  `env:"TOKEN_KEY"`
	AllowedOrigins    string  `env:"ALLOWED_ORIGINS"`
	TrustedProxies    string  `env:"TRUSTED_PROXIES"`
	AdminPassword     string  `env:"ADMIN_PASSWORD"`
	RatePerConnection float64 `env:"RATE_PER_CONNECTION" envDefault:"5"`
	RatePerAddress    float64 `env:"RATE_PER_ADDRESS" envDefault:"50"`
	// MaxConnections bounds the WebSockets of one gateway; one address holds a
	// quarter of them at most.
	MaxConnections int `env:"MAX_CONNECTIONS" envDefault:"20000"`
	// DrainTime is how long a gateway that is told to stop takes to send its
	// sockets elsewhere.
	DrainTime time.Duration `env:"DRAIN_TIME" envDefault:"5s"`

	BotName      string `env:"BOT_NAME" envDefault:"Parley bot"`
	BotKnowledge string `env:"BOT_KNOWLEDGE"`
	LLMURL       string `env:"LLM_URL"`
	LLMKey       string `env:"LLM_KEY"`
	LLMModel     string `env:"LLM_MODEL"`

	WaitLimit     time.Duration `env:"WAIT_LIMIT" envDefault:"10m"`
	AnswerLimit   time.Duration `env:"ANSWER_LIMIT" envDefault:"5m"`
	IdleLimit     time.Duration `env:"IDLE_LIMIT" envDefault:"24h"`
	Assign        string        `env:"ASSIGN" envDefault:"manual"`
	AgentCapacity int           `env:"AGENT_CAPACITY" envDefault:"5"`

	// The standard settings of OpenTelemetry that matter most; its library reads
	// them, and the others, by itself. Without an endpoint nothing is traced.
	OTLPEndpoint     string `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`
	OTLPHeaders      string `env:"OTEL_EXPORTER_OTLP_HEADERS"`
	TracesSampler    string `env:"OTEL_TRACES_SAMPLER" envDefault:"parentbased_always_on"`
	TracesSamplerArg string `env:"OTEL_TRACES_SAMPLER_ARG" envDefault:"1"`

	LogLevel  string `env:"LOG_LEVEL" envDefault:"info"`
	LogFormat string `env:"LOG_FORMAT" envDefault:"auto"`
}

// Sync says when the embedded NATS server syncs its files to the disk.
type Sync struct {
	Always bool
	Every  time.Duration // where not always
}

// UnmarshalText reads "always" or a duration.
func (s *Sync) UnmarshalText(text []byte) error {
	if string(text) == "always" {
		*s = Sync{Always: true}
		return nil
	}
	d, err := time.ParseDuration(string(text))
	if err != nil || d < time.Millisecond || d > time.Hour {
		return fmt.Errorf("%q is neither \"always\" nor a time from 1ms to 1h, such as 100ms", text)
	}
	*s = Sync{Every: d}
	return nil
}

// Load reads the environment for the role ("" for all roles in one process). The
// error names every fault, one sentence a line.
func Load(role string) (Config, error) { return load(role, environment()) }

func environment() map[string]string {
	vars := map[string]string{}
	for _, pair := range os.Environ() {
		// A variable that is set to nothing counts as not set, as compose files
		// and manifests often leave it.
		if name, value, ok := strings.Cut(pair, "="); ok && value != "" {
			vars[name] = value
		}
	}
	return vars
}

func load(role string, vars map[string]string) (Config, error) {
	var c Config
	var faults []error
	unread := map[string]bool{} // settings whose values are not what was written
	if err := env.ParseWithOptions(&c, env.Options{Environment: vars}); err != nil {
		var all env.AggregateError
		if !errors.As(err, &all) {
			return c, fmt.Errorf("read the environment: %w", err)
		}
		for _, e := range all.Errors {
			fault := explain(e, vars)
			faults = append(faults, fault)
			unread[named(fault)] = true
		}
	}
	for _, fault := range c.check(role) {
		if !unread[named(fault)] {
			faults = append(faults, fault)
		}
	}
	return c, errors.Join(faults...)
}

// named returns the setting that a fault is about.
func named(fault error) string {
	name, _, _ := strings.Cut(fault.Error(), ":")
	return name
}

// explain turns an error of the env library into a sentence.
func explain(err error, vars map[string]string) error {
	var parse env.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	name := settingOf(parse.Name)
	switch parse.Type.String() {
	case "time.Duration":
		return fmt.Errorf("%s: %q is not a time such as 30s, 10m or 24h", name, vars[name])
	case "int":
		return fmt.Errorf("%s: %q is not a whole number", name, vars[name])
	case "float64":
		return fmt.Errorf("%s: %q is not a number", name, vars[name])
	}
	return fmt.Errorf("%s: %w", name, parse.Err)
}

func (c Config) check(role string) (faults []error) {
	no := func(setting, format string, v ...any) {
		faults = append(faults, fmt.Errorf("%s: %s", setting, fmt.Sprintf(format, v...)))
	}
	for setting, addr := range map[string]string{"ADDR": c.Addr, "HEALTH_ADDR": c.HealthAddr} {
		if addr == "" && setting == "HEALTH_ADDR" {
			continue
		}
		if host, port, err := net.SplitHostPort(addr); err != nil || port == "" {
			no(setting, "%q is not an address such as 127.0.0.1:8080 or :8080", addr)
		} else if _, err := net.LookupPort("tcp", port); err != nil {
			no(setting, "%q has no valid port", addr)
		} else if host != "" && net.ParseIP(host) == nil && strings.ContainsAny(host, " /") {
			no(setting, "%q has no valid host", addr)
		}
	}
	if role != "" && c.NATSURL == "" {
		no("NATS_URL", "the role %s needs a NATS server, such as nats://127.0.0.1:4222", role)
	}
	for _, u := range strings.Split(c.NATSURL, ",") {
		if c.NATSURL != "" && !validURL(u, "nats", "tls", "ws", "wss") {
			no("NATS_URL", "%s is not a URL such as nats://127.0.0.1:4222", hidePassword(u))
		}
	}
	if c.NATSCA != "" {
		if pem, err := os.ReadFile(c.NATSCA); err != nil {
			no("NATS_CA", "%q is not a file that can be read", c.NATSCA)
		} else if !x509.NewCertPool().AppendCertsFromPEM(pem) {
			no("NATS_CA", "the file %q holds no certificate", c.NATSCA)
		}
	}
	if c.MongoURL != "" && !strings.HasPrefix(c.MongoURL, "mongodb://") && !strings.HasPrefix(c.MongoURL, "mongodb+srv://") {
		no("MONGO_URL", "it is not a URL such as mongodb://127.0.0.1:27017/parley")
	}
	if c.Streams < 1 || c.Streams > chat.Partitions {
		no("STREAMS", "%d is not a number from 1 to %d", c.Streams, chat.Partitions)
	}
	if !slices.Contains([]int{1, 3, 5}, c.NATSReplicas) {
		no("NATS_REPLICAS", "%d is not 1, 3 or 5", c.NATSReplicas)
	}
	if c.NATSReplicas > 1 && c.NATSURL == "" {
		no("NATS_REPLICAS", "the embedded NATS server is one node; set NATS_URL for a cluster")
	}
	oneOf := func(setting, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			no(setting, "%q is none of %s", value, strings.Join(allowed, ", "))
		}
	}
	oneOf("VISITOR_AUTH", c.VisitorAuth, "claim", "signed", "open")
	oneOf("ASSIGN", c.Assign, "manual", "auto")
	oneOf("LOG_LEVEL", c.LogLevel, "debug", "info", "warn", "error")
	oneOf("LOG_FORMAT", c.LogFormat, "auto", "json", "pretty")
	if c.TokenKey != "" && len(c.TokenKey) < 32 {
		no("TOKEN_KEY", "it has %d characters; a key has at least 32", len(c.TokenKey))
	}
	if c.VisitorAuth == "signed" && c.TokenKey == "" {
		no("TOKEN_KEY", "VISITOR_AUTH=signed needs the key that the embedding site signs its tokens with")
	}
	if n := len([]rune(c.AdminPassword)); n > 0 && (n < 10 || n > 200) {
		no("ADMIN_PASSWORD", "it has %d characters; a password has 10 to 200", n)
	}
	atLeast := func(setting string, d, least time.Duration) {
		if d < least {
			no(setting, "%v is less than %v", d, least)
		}
	}
	atLeast("RETENTION", c.Retention, time.Hour)
	atLeast("WAIT_LIMIT", c.WaitLimit, 5*time.Second)
	atLeast("ANSWER_LIMIT", c.AnswerLimit, 5*time.Second)
	atLeast("IDLE_LIMIT", c.IdleLimit, time.Minute)
	atLeast("DRAIN_TIME", c.DrainTime, 0)
	if c.AgentCapacity < 1 || c.AgentCapacity > 1000 {
		no("AGENT_CAPACITY", "%d is not a number from 1 to 1000", c.AgentCapacity)
	}
	if c.MaxConnections < 1 || c.MaxConnections > 1_000_000 {
		no("MAX_CONNECTIONS", "%d is not a number from 1 to 1000000", c.MaxConnections)
	}
	if !(c.RatePerConnection > 0) {
		no("RATE_PER_CONNECTION", "%v is not more than 0", c.RatePerConnection)
	}
	if !(c.RatePerAddress > 0) {
		no("RATE_PER_ADDRESS", "%v is not more than 0", c.RatePerAddress)
	}
	if c.LLMURL != "" && !validURL(c.LLMURL, "http", "https") {
		no("LLM_URL", "%s is not a URL such as https://llm.example.org/v1", hidePassword(c.LLMURL))
	}
	if c.LLMURL != "" && c.LLMModel == "" {
		no("LLM_MODEL", "LLM_URL needs the name of a model")
	}
	if c.LLMURL == "" && (c.LLMKey != "" || c.LLMModel != "") {
		no("LLM_URL", "LLM_KEY and LLM_MODEL mean nothing without it")
	}
	if c.OTLPEndpoint != "" && !validURL(c.OTLPEndpoint, "http", "https") {
		no("OTEL_EXPORTER_OTLP_ENDPOINT", "%s is not a URL such as http://collector:4318", hidePassword(c.OTLPEndpoint))
	}
	oneOf("OTEL_TRACES_SAMPLER", c.TracesSampler, "parentbased_always_on", "parentbased_traceidratio", "parentbased_always_off", "always_on", "always_off", "traceidratio")
	if share, err := strconv.ParseFloat(c.TracesSamplerArg, 64); err != nil || !(share >= 0 && share <= 1) {
		no("OTEL_TRACES_SAMPLER_ARG", "%q is not a number from 0 to 1", c.TracesSamplerArg)
	}
	if c.BotKnowledge != "" {
		if info, err := os.Stat(c.BotKnowledge); err != nil || !info.IsDir() {
			no("BOT_KNOWLEDGE", "%q is not a folder that can be read", c.BotKnowledge)
		}
	}
	return faults
}

func validURL(s string, schemes ...string) bool {
	u, err := url.Parse(strings.TrimSpace(s))
	return err == nil && u.Host != "" && slices.Contains(schemes, u.Scheme)
}

// hidePassword quotes a URL without what may be a secret.
func hidePassword(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.User == nil && strings.Contains(s, "@") { // no URL, but perhaps with a password in it
		return "it"
	}
	return strconv.Quote(u.Redacted())
}
