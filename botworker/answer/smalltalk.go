package answer

import (
	"regexp"
	"strings"
	"unicode"
)

// sort is what kind of message it is, as far as that can be told without
// knowing any page.
type sort int

const (
	question sort = iota
	greeting
	thanks
	farewell
	feelings // how are you
	identity // are you a bot
	wordless // emoji, punctuation
	address  // an e-mail address and nothing else
	person   // wants a person, in words of their own
	help
)

var (
	wordsOf = map[sort]string{
		greeting: `hi hello hey heya hiya howdy hallo hola bonjour ciao salut servus moin ahoj hej greetings good morning afternoon evening day there bot all everyone team parley again`,
		thanks:   `thanks thank you thx ty cheers merci danke gracias grazie obrigado so very much many a lot for your the help that great perfect ok okay cool nice awesome good yes you're bot`,
		farewell: `bye goodbye bye-bye ciao see you later tschüss adieu cu good night have a nice day too`,
	}
	// keyOf are the words of which there must be one.
	keyOf = map[sort]string{
		greeting: `hi hello hey heya hiya howdy hallo hola bonjour ciao salut servus moin ahoj hej greetings morning afternoon evening`,
		thanks:   `thanks thank thx ty cheers merci danke gracias grazie obrigado`,
		farewell: `bye goodbye bye-bye tschüss adieu cu later night`,
	}

	howAreYou = regexp.MustCompile(`^(?:(?:hi|hello|hey)\s+)?(?:how are you(?: doing)?(?: today)?|how(?:'s| is) it going|what(?:'s|s) up|sup)$`)
	whoAreYou = regexp.MustCompile(`^(?:(?:hi|hello|hey)\s+)?(?:who are you|what are you|are you (?:a |an )?(?:bot|robot|human|real|person|real person|machine|ai)|am i talking to (?:a |an )?(?:bot|robot|human|person|real person|machine|ai))$`)
	needHelp  = regexp.MustCompile(`^(?:(?:please )?help(?: me)?(?: please)?|i need (?:some )?help|can you help(?: me)?|i have a question|what can you do|menu|start|test|ping)$`)
	mailOnly  = regexp.MustCompile(`^<?[^\s@<>(),;:"\[\]\\]+@[^\s@<>(),;:"\[\]\\]+\.[^\s@<>(),;:"\[\]\\.]{2,}>?$`)
	lead      = regexp.MustCompile(`^(?:(?:my |the )?e-?mail(?: address)?(?: is|:)?|you can reach me at|reach me at|write to|contact me at|here is my e-?mail(?: address)?:?|it's|it is)\s+`)

	personVerb = regexp.MustCompile(`\b(?:talk|speak|chat|connect|transfer|switch|get|give|want|need|call|send|bring|put|pass|prefer)\b`)
	personNoun = regexp.MustCompile(`\b(?:a|an|the|some|any|your|real|actual|live|human) (?:human(?: being)?|person|agent|operator|representative|staff|colleague|employee|somebody|someone|supporter)s?\b|\b(?:real|live|human) (?:person|agent|being|support)\b|\b(?:to|with) (?:someone|somebody|humans?)\b`)
	barePerson = regexp.MustCompile(`^(?:(?:real |live )?(?:human|person|agent|operator|representative))(?: please| pls)?$`)
	asksHow    = regexp.MustCompile(`^(?:how|what|who|when|where|why|which|is|are|does|do i|did|if|will|should)\b`)
)

// sortOf tells small talk from a question.
func sortOf(text string) sort {
	text = strings.ToLower(strings.TrimSpace(text))
	if mailOnly.MatchString(strings.TrimRight(lead.ReplaceAllString(text, ""), ".! ")) {
		return address
	}
	text = strings.NewReplacer("’", "'", "‘", "'").Replace(text)
	words := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '\'' && r != '-'
	})
	if len(words) == 0 || strings.IndexFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0 {
		return wordless
	}
	if len(words) > 16 {
		return question
	}
	plain := strings.Join(words, " ")
	switch {
	case howAreYou.MatchString(plain):
		return feelings
	case whoAreYou.MatchString(plain):
		return identity
	case needHelp.MatchString(plain):
		return help
	case barePerson.MatchString(plain), personVerb.MatchString(plain) && personNoun.MatchString(plain) && !asksHow.MatchString(plain):
		return person
	}
	for _, s := range []sort{greeting, thanks, farewell} {
		if len(words) <= 8 && all(words, wordsOf[s]) && some(words, keyOf[s]) {
			return s
		}
	}
	return question
}

func all(words []string, list string) bool {
	for _, w := range words {
		if !listed(w, list) {
			return false
		}
	}
	return true
}

func some(words []string, list string) bool {
	for _, w := range words {
		if listed(w, list) {
			return true
		}
	}
	return false
}

func listed(word, list string) bool { return strings.Contains(" "+list+" ", " "+word+" ") }
