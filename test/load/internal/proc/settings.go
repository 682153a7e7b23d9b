package proc

// Unlimited are settings for a program whose clients all come from one address, or send
// more than people do: no rate limits, and no bounds on what an address or a chat may
// have accepted and read.
var Unlimited = []string{
	"RATE_PER_CONNECTION=100000", "RATE_PER_ADDRESS=10000000", "BYTES_PER_ADDRESS=0", "MESSAGES_PER_ADDRESS=0",
	"BYTES_PER_CHAT=0", "MESSAGES_PER_CHAT=0", "READ_PER_ADDRESS=0",
}
