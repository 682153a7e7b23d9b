package mask

import "strings"

// iban returns how many characters at the start of the text are an IBAN; 0 if they are none. An IBAN
// begins with its country, has the length that is that country's, and the remainder 1 modulo 97.
func iban(text []rune) int {
	if len(text) < 4 || !isLetter(text[0]) || !isLetter(text[1]) {
		return 0
	}
	length := ibanLengths[strings.ToUpper(string(text[:2]))]
	if length == 0 {
		return 0
	}
	var all [maxIBAN]int // 0 to 9, and letters from 10 on
	n, i := 0, 0
	for ; i < len(text) && n < length; n++ {
		v := digit(text[i])
		if isLetter(text[i]) {
			v = int(text[i]|0x20) - 'a' + 10
		}
		if v < 0 || (n == 2 || n == 3) && v > 9 {
			return 0
		}
		all[n] = v
		i++
		if n+1 < length && i < len(text) {
			i += gap(text[i:])
		}
	}
	if n < length || i < len(text) && isWord(text[i]) {
		return 0
	}
	rest := 0
	for k := range length {
		v := all[(k+4)%length]
		if v > 9 {
			rest = rest * 10 % 97
			rest = (rest*10 + v) % 97
			continue
		}
		rest = (rest*10 + v) % 97
	}
	if rest != 1 {
		return 0
	}
	return i
}

func isLetter(c rune) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' && c < 128 }

// maxIBAN is the longest length of the table.
const maxIBAN = 33

// ibanLengths are those of the IBAN registry (SWIFT, ISO 13616).
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28, "CH": 21, "CR": 22,
	"CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22,
	"GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30,
	"KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20,
	"MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
	"RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26,
	"UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}
