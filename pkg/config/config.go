// Package config reads Parley's settings from the environment and finds all their
// faults at once. Each setting has one default and one rule.
package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/caarlos0/env/v10"

	"github.com/parley-chat/parley/pkg/spent"
)

// Config holds every setting. docs/settings.md explains each.
type Config struct {
	Addr    string `env:"ADDR" envDefault:"127.0.0.1:8080"`
	DataDir string `env:"DATA_DIR" envDefault:"data"`
	// HealthAddr is where a role serves its health. If it is empty only the gateway
	// serves it, on Addr.
	HealthAddr string `env:"HEALTH_ADDR"`
	// PprofAddr is where profiles of this process can be taken, on a loopback address;
	// empty: nowhere.
	PprofAddr string `env:"PPROF_ADDR"`

	NATSURL string `env:"NATS_URL"`
	// NATSCA is a file of CA certificates that the NATS server's is checked against.
	NATSCA string `env:"NATS_CA"`
	// NATSCreds, NATSNKey, NATSCert and NATSKey are files that say who Parley is at NATS.
	NATSCreds string `env:"NATS_CREDS"`
	NATSNKey  string `env:"NATS_NKEY"`
	NATSCert  string `env:"NATS_CERT"`
	NATSKey   string `env:"NATS_KEY"`
	// NATSMaxBytes is what all streams together may hold, in one copy; 0: no limit of ours.
	NATSMaxBytes Size `env:"NATS_MAX_BYTES" envDefault:"0"`
	NATSSync     Sync `env:"NATS_SYNC" envDefault:"always"`
	NATSReplicas int  `env:"NATS_REPLICAS" envDefault:"1"`
	// Streams is how many streams the chats are spread over; see StreamsWanted.
	Streams  Streams `env:"STREAMS" envDefault:"auto"`
	MongoURL string  `env:"MONGO_URL"`
	// DiskReserve is kept free on the file system of DATA_DIR for what was accepted
	// already, if the NATS server is the embedded one.
	DiskReserve Size `env:"DISK_RESERVE" envDefault:"256MB"`

	Retention time.Duration `env:"RETENTION" envDefault:"168h"`

	VisitorAuth    string `env:"VISITOR_AUTH" envDefault:"claim"`
	TokenKey       string `env:"TOKEN_KEY"`
	TokenIssuer    string `env:"TOKEN_ISSUER"`
	PublicURL      string `env:"PUBLIC_URL"`
	BasePath       string `env:"BASE_PATH"`
	AllowedOrigins string `env:"ALLOWED_ORIGINS"`
	TrustedProxies string `env:"TRUSTED_PROXIES"`
	AdminPassword  string `env:"ADMIN_PASSWORD"`
	// EscalateWords are phrases with commas between that call a person, besides escalate.
	EscalateWords     string  `env:"ESCALATE_WORDS"`
	RatePerConnection float64 `env:"RATE_PER_CONNECTION" envDefault:"5"`
	RatePerAddress    float64 `env:"RATE_PER_ADDRESS" envDefault:"50"`
	// BytesPerAddress and MessagesPerAddress are what one address may have accepted an
	// hour, BytesPerChat and MessagesPerChat what one chat may, and ReadPerAddress is how
	// many bytes of chats it may read a minute; 0 is no bound.
	BytesPerAddress    Size `env:"BYTES_PER_ADDRESS" envDefault:"32MB"`
	MessagesPerAddress int  `env:"MESSAGES_PER_ADDRESS" envDefault:"30000"`
	BytesPerChat       Size `env:"BYTES_PER_CHAT" envDefault:"2MB"`
	MessagesPerChat    int  `env:"MESSAGES_PER_CHAT" envDefault:"600"`
	ReadPerAddress     Size `env:"READ_PER_ADDRESS" envDefault:"64MB"`
	// MaxConnections bounds the visitors' WebSockets of one gateway; one address can
	// hold a quarter of them.
	MaxConnections int `env:"MAX_CONNECTIONS" envDefault:"20000"`
	// DrainTime is how long a gateway takes at shutdown to send its sockets to other
	// gateways, and the most that a bot worker takes to finish its replies.
	DrainTime time.Duration `env:"DRAIN_TIME" envDefault:"5s"`

	BotName      string `env:"BOT_NAME" envDefault:"Parley bot"`
	BotKnowledge string `env:"BOT_KNOWLEDGE"`
	LLMURL       string `env:"LLM_URL"`
	LLMKey       string `env:"LLM_KEY"`
	LLMModel     string `env:"LLM_MODEL"`
	// LLMContext is how many tokens the model can read and write in all; 0: that is learned.
	LLMContext int `env:"LLM_CONTEXT" envDefault:"0"`
	// LLMFirstWord is how long the model's endpoint may be silent before an answer begins.
	LLMFirstWord time.Duration `env:"LLM_FIRST_WORD" envDefault:"45s"`
	// The ceilings of what the model may cost in a day; 0: none. A thousand visitors behind
	// one address have ten calls each, and a call costs some 3,000 tokens.
	LLMCallsPerChat     int `env:"LLM_CALLS_PER_CHAT" envDefault:"200"`
	LLMCallsPerAddress  int `env:"LLM_CALLS_PER_ADDRESS" envDefault:"10000"`
	LLMCallsPerDay      int `env:"LLM_CALLS_PER_DAY" envDefault:"50000"`
	LLMTokensPerChat    int `env:"LLM_TOKENS_PER_CHAT" envDefault:"600000"`
	LLMTokensPerAddress int `env:"LLM_TOKENS_PER_ADDRESS" envDefault:"30000000"`
	LLMTokensPerDay     int `env:"LLM_TOKENS_PER_DAY" envDefault:"150000000"`

	WaitLimit     time.Duration `env:"WAIT_LIMIT" envDefault:"10m"`
	AnswerLimit   time.Duration `env:"ANSWER_LIMIT" envDefault:"5m"`
	IdleLimit     time.Duration `env:"IDLE_LIMIT" envDefault:"24h"`
	Assign        string        `env:"ASSIGN" envDefault:"manual"`
	AgentCapacity int           `env:"AGENT_CAPACITY" envDefault:"5"`
	// MaxWaiting bounds the chats that wait for a person, WaitingPerAddress those of them
	// that come from one address.
	MaxWaiting        int `env:"MAX_WAITING" envDefault:"500"`
	WaitingPerAddress int `env:"WAITING_PER_ADDRESS" envDefault:"20"`

	// The most important of OpenTelemetry's own settings. Its library reads these, and
	// the others, by itself. Without an endpoint nothing is traced.
	OTLPEndpoint     string `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`
	OTLPHeaders      string `env:"OTEL_EXPORTER_OTLP_HEADERS"`
	TracesSampler    string `env:"OTEL_TRACES_SAMPLER" envDefault:"parentbased_always_on"`
	TracesSamplerArg string `env:"OTEL_TRACES_SAMPLER_ARG" envDefault:"1"`

	LogLevel  string `env:"LOG_LEVEL" envDefault:"info"`
	LogFormat string `env:"LOG_FORMAT" envDefault:"auto"`
}

// Ceilings returns what the language model may cost in a day.
func (c Config) Ceilings() spent.Ceilings {
	of := func(calls, tokens int) spent.Amount {
		return spent.Amount{Calls: int64(calls), Tokens: int64(tokens)}
	}
	return spent.Ceilings{
		Chat: of(c.LLMCallsPerChat, c.LLMTokensPerChat), Address: of(c.LLMCallsPerAddress, c.LLMTokensPerAddress),
		Day: of(c.LLMCallsPerDay, c.LLMTokensPerDay),
	}
}

// Phrases are what calls a person besides the command, as written.
func (c Config) Phrases() (list []string) {
	for phrase := range strings.FieldsFuncSeq(c.EscalateWords, isComma) {
		if phrase = strings.TrimSpace(phrase); phrase != "" {
			list = append(list, phrase)
		}
	}
	return list
}

// isComma reports whether a rune separates phrases: a comma of any script.
func isComma(r rune) bool { return strings.ContainsRune(",，、،", r) }

// Sync says when the embedded NATS server syncs its files to the disk.
type Sync struct {
	Always bool
	Every  time.Duration // if not Always
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

// Load reads the environment for the role ("" for all roles in one process). Use the
// configuration only if there are no faults.
func Load(role string) (Config, Faults) { return load(role, environment()) }

func environment() map[string]string {
	vars := map[string]string{}
	for _, pair := range os.Environ() {
		// A variable that is empty counts as not set: compose files and manifests
		// often leave it so.
		if name, value, ok := strings.Cut(pair, "="); ok && value != "" {
			vars[name] = value
		}
	}
	return vars
}

func load(role string, vars map[string]string) (c Config, faults Faults) {
	for _, err := range parse(&c, vars) {
		faults = append(faults, explain(err, vars))
	}
	for _, name := range Settings() {
		// TOKEN_KEY may hold them: existing tokens are signed with the key as it is.
		if name != "TOKEN_KEY" && strings.ContainsFunc(vars[name], unicode.IsControl) && !faults.Has(name) {
			faults = append(faults, Fault{name, "it holds a line break or another character that can't be seen; was it read from a file, with the line break at its end?"})
		}
	}
	for _, rule := range rules {
		// A setting has one fault: if its value couldn't be read, a second fault would
		// be about another value than the one that was written.
		if sentence := rule.wrong(given{c, role}); sentence != "" && !faults.Has(rule.setting) {
			faults = append(faults, Fault{rule.setting, sentence})
		}
	}
	return c, faults
}

// parse returns an error for each variable that the library can't read.
func parse(c *Config, vars map[string]string) []error {
	err := env.ParseWithOptions(c, env.Options{Environment: vars})
	if all, ok := errors.AsType[env.AggregateError](err); ok {
		return all.Errors
	}
	if err != nil {
		return []error{err}
	}
	return nil
}

// explain turns an error of the library into a sentence.
func explain(err error, vars map[string]string) Fault {
	parse, ok := errors.AsType[env.ParseError](err)
	if !ok {
		return Fault{"the environment", err.Error()}
	}
	name := parse.Name
	if field, ok := reflect.TypeFor[Config]().FieldByName(parse.Name); ok {
		name = settingOf(field)
	}
	switch parse.Type.String() {
	case "time.Duration":
		return Fault{name, fmt.Sprintf("%q is not a time such as 30s, 10m or 24h", vars[name])}
	case "int":
		return Fault{name, fmt.Sprintf("%q is not a whole number", vars[name])}
	case "float64":
		return Fault{name, fmt.Sprintf("%q is not a number", vars[name])}
	}
	return Fault{name, parse.Err.Error()}
}
