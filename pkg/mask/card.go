package mask

const (
	leastCard = 13
	mostCard  = 19
	// leastGroup is how many digits a group has: a column of single ones is no card.
	leastGroup = 2
)

// card returns how many characters at the start of the text are the number of a payment card; 0 if
// they are none. Such a number has 13 to 19 digits, in groups or not, a right check digit (Luhn), and
// begins as an issuer's numbers do: one in ten numbers of orders has a right check digit, too.
func card(text []rune) int {
	var digits [mostCard]int
	n, group := 0, 0
	var ends [mostCard + 1]int // by how many digits end there, where a group ends
	for i := 0; i < len(text); {
		d := digit(text[i])
		if d < 0 {
			break
		}
		if n == mostCard {
			break
		}
		digits[n] = d
		n++
		i++
		group++
		if i < len(text) && isWord(text[i]) {
			continue
		}
		if group < leastGroup {
			break
		}
		ends[n], group = i, 0
		i += gap(text[i:])
	}
	for _, length := range cardLengths {
		if length <= n && ends[length] > 0 && issued(digits[:length]) && luhn(digits[:length]) {
			return ends[length]
		}
	}
	return 0
}

// cardLengths are the lengths of cards, the usual ones first: what follows a card, such as its date,
// is no part of it.
var cardLengths = []int{16, 15, 14, 19, 18, 17, leastCard}

// groups returns how many characters at the start of the text are groups of digits.
func groups(text []rune) int {
	for i := 0; ; {
		was := i
		for i < len(text) && digit(text[i]) >= 0 {
			i++
		}
		if i == was || i == len(text) {
			return i
		}
		g := gap(text[i:])
		if g == 0 || digit(text[i+g]) < 0 {
			return i
		}
		i += g
	}
}

// issued reports whether cards of that length have numbers that begin like that.
func issued(d []int) bool {
	two, three, four := d[0]*10+d[1], d[0]*100+d[1]*10+d[2], d[0]*1000+d[1]*100+d[2]*10+d[3]
	switch n := len(d); {
	case d[0] == 4: // Visa
		return n == 13 || n == 16 || n == 18 || n == 19
	case two == 34 || two == 37: // American Express
		return n == 15
	case 51 <= two && two <= 55, 2221 <= four && four <= 2720: // Mastercard
		return n == 16
	case two == 36 || two == 38 || two == 39 || 300 <= three && three <= 305: // Diners
		return n == 14 || n == 16 || n == 19
	case 3528 <= four && four <= 3589: // JCB
		return n >= 16
	case 2200 <= four && four <= 2205: // Mir
		return n >= 16
	case two == 62 || two == 65 || two == 60 || two == 64 || two == 81: // UnionPay, Discover, RuPay
		return n >= 16
	case two == 50 || 56 <= two && two <= 58 || two == 63 || two == 67: // Maestro
		return n >= 13
	}
	return false
}

// luhn reports whether the last digit is the check digit of those before it.
func luhn(d []int) bool {
	sum := 0
	for i := range d {
		v := d[len(d)-1-i]
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}
