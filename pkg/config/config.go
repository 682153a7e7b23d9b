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

	"github.com/parley-chat/parley/pkg/mask"
	"github.com/parley-chat/parley/pkg/spent"
)

// Config holds every setting. The tag help of each are the first words of its meaning in
// docs/settings.md, which explains it.
type Config struct {
	Addr    string `env:"ADDR" envDefault:"127.0.0.1:8080" help:"where the gateway or the role web listens"`
	DataDir string `env:"DATA_DIR" envDefault:"data" help:"folder of the embedded NATS server, of SQLite and of the files that people sent"`
	// HealthAddr is where a role serves its health. If it is empty only the gateway
	// serves it, on Addr.
	HealthAddr string `env:"HEALTH_ADDR" help:"where a role serves /healthz, /readyz and /metrics"`
	// PprofAddr is where profiles of this process can be taken, on a loopback address;
	// empty: nowhere.
	PprofAddr string `env:"PPROF_ADDR" help:"where profiles of this process can be taken with go tool pprof"`

	NATSURL string `env:"NATS_URL" help:"NATS server to use instead of the embedded one"`
	// NATSCA is a file of CA certificates that the NATS server's is checked against.
	NATSCA string `env:"NATS_CA" help:"file with the CA certificates that the NATS server is checked against"`
	// NATSCreds, NATSNKey, NATSCert and NATSKey are files that say who Parley is at NATS.
	NATSCreds string `env:"NATS_CREDS" help:"file with a user's credentials"`
	NATSNKey  string `env:"NATS_NKEY" help:"file with the seed of a user's NKey"`
	NATSCert  string `env:"NATS_CERT" help:"file with a client certificate"`
	NATSKey   string `env:"NATS_KEY" help:"file with the key of NATS_CERT"`
	// NATSMaxBytes is what all streams together may hold, in one copy; 0: no limit of ours.
	NATSMaxBytes Size `env:"NATS_MAX_BYTES" envDefault:"0" help:"how many bytes all streams together may hold, in one copy"`
	NATSSync     Sync `env:"NATS_SYNC" envDefault:"always" help:"when the embedded server writes messages to disk"`
	NATSReplicas int  `env:"NATS_REPLICAS" envDefault:"1" help:"copies of each stream on a NATS cluster: 1, 3 or 5"`
	// Region is where these processes are, if several regions form one service.
	Region string `env:"REGION" help:"name of this region"`
	// Regions lists all regions, see AllRegions.
	Regions string `env:"REGIONS" help:"all regions of the service"`
	// CopyOf lists the regions of whose chats a copy is kept here, see Copies.
	CopyOf string `env:"COPY_OF" help:"other regions of whose chats a copy is kept here"`
	// Streams is how many streams the chats are spread over; see StreamsWanted.
	Streams  Streams `env:"STREAMS" envDefault:"auto" help:"number of streams that the chats are spread over, 1 to 64"`
	MongoURL string  `env:"MONGO_URL" help:"MongoDB database that keeps the chats"`
	// DiskReserve is kept free on the file system of DATA_DIR for what was accepted
	// already, if the NATS server is the embedded one.
	DiskReserve Size `env:"DISK_RESERVE" envDefault:"256MB" help:"free space on the disk of DATA_DIR below which the embedded server accepts nothing new"`

	Retention time.Duration `env:"RETENTION" envDefault:"168h" help:"minimum time that events stay in the streams"`
	// AuditKeep is how many days lines of the audit log are kept; 0: for good.
	AuditKeep int `env:"AUDIT_KEEP" envDefault:"400" help:"days that lines of the audit log are kept"`
	// Mask is what is hidden from models, logs and agents, MaskPatterns what else is.
	Mask         string `env:"MASK" envDefault:"cards,ibans" help:"what is hidden from a language model"`
	MaskPatterns string `env:"MASK_PATTERNS" help:"what else is hidden"`

	VisitorAuth    string `env:"VISITOR_AUTH" envDefault:"claim" help:"who a visitor is"`
	TokenKey       string `env:"TOKEN_KEY" help:"key that visitors' tokens are signed with, at least 32 characters"`
	TokenIssuer    string `env:"TOKEN_ISSUER" help:"the iss that your site's tokens must have, with VISITOR_AUTH=signed"`
	PublicURL      string `env:"PUBLIC_URL" help:"the address that people use"`
	BasePath       string `env:"BASE_PATH" help:"path below which everything is served"`
	AllowedOrigins string `env:"ALLOWED_ORIGINS" help:"sites that may embed the chat"`
	// GatewayURL is where the role web asks a gateway how the chat looks.
	GatewayURL     string `env:"GATEWAY_URL" help:"where the role web reaches a gateway"`
	TrustedProxies string `env:"TRUSTED_PROXIES" help:"addresses or networks of the proxies that are believed about the visitor's address"`
	AdminPassword  string `env:"ADMIN_PASSWORD" help:"password of the user admin: 10 to 200 characters, at least five of them different, not one of the most common"`
	// EscalateWords are phrases with commas between that call a person, besides escalate.
	EscalateWords     string  `env:"ESCALATE_WORDS" help:"your own words that call a person at once, as escalate does, separated by commas"`
	RatePerConnection float64 `env:"RATE_PER_CONNECTION" envDefault:"5" help:"frames per second from one connection"`
	RatePerAddress    float64 `env:"RATE_PER_ADDRESS" envDefault:"50" help:"frames per second from one address"`
	// BytesPerAddress and MessagesPerAddress are what one address may have accepted an
	// hour, BytesPerChat and MessagesPerChat what one chat may, and ReadPerAddress is how
	// many bytes of chats it may read a minute; 0 is no bound.
	BytesPerAddress    Size `env:"BYTES_PER_ADDRESS" envDefault:"32MB" help:"text accepted per hour from one address"`
	MessagesPerAddress int  `env:"MESSAGES_PER_ADDRESS" envDefault:"30000" help:"messages accepted per hour from one address"`
	BytesPerChat       Size `env:"BYTES_PER_CHAT" envDefault:"2MB" help:"text accepted per hour in one chat"`
	MessagesPerChat    int  `env:"MESSAGES_PER_CHAT" envDefault:"600" help:"messages accepted per hour in one chat"`
	ReadPerAddress     Size `env:"READ_PER_ADDRESS" envDefault:"64MB" help:"how much of its chats one address may read per minute"`
	// Files says whether files can be sent, FileSize how large each may be, FileCount how many one
	// message may have, and FileKinds which kinds: see Kinds.
	Files     bool   `env:"FILES" envDefault:"true" help:"whether visitors and agents can send files"`
	FileSize  Size   `env:"FILE_SIZE" envDefault:"10MB" help:"how large a file can be, up to 100MB"`
	FileCount int    `env:"FILE_COUNT" envDefault:"10" help:"how many files a message can have, 1 to 10"`
	FileKinds string `env:"FILE_KINDS" envDefault:"image/*,audio/*,video/*,text/plain,text/csv,application/json,application/pdf,application/rtf,text/rtf,application/zip,application/msword,application/vnd.ms-excel,application/vnd.ms-powerpoint,application/vnd.ms-outlook,application/vnd.openxmlformats-officedocument.*,application/vnd.oasis.opendocument.*" help:"which kinds of files can be sent, as media types separated by commas"`
	// FileBytesPerAddress and FileBytesPerChat are what one address, and one chat, may send
	// an hour; 0 is no bound.
	FileBytesPerAddress Size `env:"FILE_BYTES_PER_ADDRESS" envDefault:"2GB" help:"bytes of files accepted per hour from one address"`
	FileBytesPerChat    Size `env:"FILE_BYTES_PER_CHAT" envDefault:"400MB" help:"bytes of files accepted per hour in one chat"`
	// FileScan is what looks at files before anybody gets them; empty: nothing does.
	FileScan string `env:"FILE_SCAN" help:"what scans files before anybody gets them"`
	// MaxConnections bounds the visitors' WebSockets of one gateway; one address can
	// hold a quarter of them.
	MaxConnections int `env:"MAX_CONNECTIONS" envDefault:"20000" help:"WebSockets of visitors on one gateway"`
	// DrainTime is how long a gateway takes at shutdown to send its sockets to other
	// gateways, and the most that a bot worker takes to finish its replies.
	DrainTime time.Duration `env:"DRAIN_TIME" envDefault:"5s" help:"how long a gateway takes at shutdown to send its visitors to other gateways"`

	BotName      string `env:"BOT_NAME" envDefault:"Parley bot" help:"the bot's name, at most 64 characters"`
	BotKnowledge string `env:"BOT_KNOWLEDGE" help:"folder of pages that the bot answers from"`
	// BotKnowledgeURL is the address below which the site shows these pages; empty: unknown.
	BotKnowledgeURL string `env:"BOT_KNOWLEDGE_URL" help:"address below which your site shows these pages, for links to them"`
	// BotSynonyms are groups of words that say the same, with semicolons between: "jumper,
	// sweater; anorak > jacket".
	BotSynonyms string `env:"BOT_SYNONYMS" help:"your own words for what your pages call otherwise"`
	LLMURL      string `env:"LLM_URL" help:"base URL of an OpenAI-compatible API"`
	LLMKey      string `env:"LLM_KEY" help:"API key, if the API needs one"`
	LLMModel    string `env:"LLM_MODEL" help:"name of the model, required with LLM_URL"`
	// LLMContext is how many tokens the model can read and write in all; 0: that is learned.
	LLMContext int `env:"LLM_CONTEXT" envDefault:"0" help:"how many tokens the model can read and write in all, at least 1024"`
	// LLMFirstWord is how long the model's endpoint may be silent before an answer begins.
	LLMFirstWord time.Duration `env:"LLM_FIRST_WORD" envDefault:"45s" help:"how long the API may be silent before an answer begins, 1 s to 10 minutes"`
	// LLMLive shows the words of an answer as the model writes them, otherwise once it is complete.
	LLMLive bool `env:"LLM_LIVE" envDefault:"true" help:"whether the words of an answer are shown as the model writes them"`
	// The ceilings of what the model may cost in a day; 0: none. A thousand visitors behind
	// one address have ten calls each, and a call costs some 3,000 tokens.
	LLMCallsPerChat     int `env:"LLM_CALLS_PER_CHAT" envDefault:"200" help:"calls of the model per day (UTC) for one visitor's chat"`
	LLMCallsPerAddress  int `env:"LLM_CALLS_PER_ADDRESS" envDefault:"10000" help:"calls of the model per day for one address"`
	LLMCallsPerDay      int `env:"LLM_CALLS_PER_DAY" envDefault:"50000" help:"calls of the model per day for all visitors together"`
	LLMTokensPerChat    int `env:"LLM_TOKENS_PER_CHAT" envDefault:"600000" help:"tokens of the model per day for one visitor's chat"`
	LLMTokensPerAddress int `env:"LLM_TOKENS_PER_ADDRESS" envDefault:"30000000" help:"tokens of the model per day for one address"`
	LLMTokensPerDay     int `env:"LLM_TOKENS_PER_DAY" envDefault:"150000000" help:"tokens of the model per day for all visitors together"`

	WaitLimit     time.Duration `env:"WAIT_LIMIT" envDefault:"10m" help:"how long a visitor waits for a person before the bot takes over again"`
	AnswerLimit   time.Duration `env:"ANSWER_LIMIT" envDefault:"5m" help:"how long an agent can leave a visitor without an answer before the chat goes back to the queue"`
	IdleLimit     time.Duration `env:"IDLE_LIMIT" envDefault:"24h" help:"how long a chat can be silent before it is closed"`
	Assign        string        `env:"ASSIGN" envDefault:"manual" help:"how waiting chats reach agents"`
	AgentCapacity int           `env:"AGENT_CAPACITY" envDefault:"5" help:"how many chats an agent can have at once for whom no other number is set"`
	// MaxWaiting bounds the chats that wait for a person, WaitingPerAddress those of them
	// that come from one address.
	MaxWaiting        int `env:"MAX_WAITING" envDefault:"500" help:"how many chats can wait for a person at once"`
	WaitingPerAddress int `env:"WAITING_PER_ADDRESS" envDefault:"20" help:"how many chats from one address can wait for a person at once"`

	// The most important of OpenTelemetry's own settings. Its library reads these, and
	// the others, by itself. Without an endpoint nothing is traced.
	OTLPEndpoint     string `env:"OTEL_EXPORTER_OTLP_ENDPOINT" help:"where traces are sent, by OTLP over HTTP"`
	OTLPHeaders      string `env:"OTEL_EXPORTER_OTLP_HEADERS" help:"headers that the collector needs"`
	TracesSampler    string `env:"OTEL_TRACES_SAMPLER" envDefault:"parentbased_always_on" help:"which traces are kept"`
	TracesSamplerArg string `env:"OTEL_TRACES_SAMPLER_ARG" envDefault:"1" help:"the share of traces that a ratio sampler keeps"`

	LogLevel  string `env:"LOG_LEVEL" envDefault:"info" help:"what is logged: debug, info, warn or error"`
	LogFormat string `env:"LOG_FORMAT" envDefault:"auto" help:"how log lines look: json, pretty, or auto"`
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

// MaskRules returns what is hidden. The error is a sentence.
func (c Config) MaskRules() (*mask.Rules, error) {
	patterns, err := mask.ParsePatterns(c.MaskPatterns)
	if err != nil {
		return nil, err
	}
	o := mask.Options{Patterns: patterns}
	for name := range strings.SplitSeq(c.Mask, ",") {
		switch strings.TrimSpace(name) {
		case "cards":
			o.Cards = true
		case "ibans":
			o.IBANs = true
		}
	}
	return mask.New(o)
}
