package preflight

import (
	"regexp"
	"strconv"
	"strings"
)

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// sameDigits tells of a number like 0000000000 or 9999999999, which pass every check sum.
func sameDigits(s string) bool { return strings.Trim(s, s[:1]) == "" }

// isNHSNumber checks the ten digits (rules.md 5.7): weights 10 to 2, modulo 11.
func isNHSNumber(s string) bool {
	d := digitsOf(s)
	if len(d) != 10 || sameDigits(d) {
		return false
	}
	sum := 0
	for i := range 9 {
		sum += int(d[i]-'0') * (10 - i)
	}
	check := 11 - sum%11
	if check == 11 {
		check = 0
	}
	return check != 10 && int(d[9]-'0') == check
}

// scoreNHS: one in eleven numbers of ten digits passes the check, so the way it is written and the words
// before it must speak for it too. Numbers from 999 are for tests.
func scoreNHS(match, before, after string) int {
	if !isNHSNumber(match) || strings.HasPrefix(match, "999") || touchesNumber(before, after) {
		return 0
	}
	d, score := digitsOf(match), 0
	if has(before, "nhs no", "nhs number", "nhs num", "nhs:", "nhs #") {
		score += 3
	} else if has(before, "patient", "hospital n", "nhs") {
		score++
	}
	if len(match) == 12 && match[0] != '0' { // written 3-3-4
		score++
	}
	if first := d[:3]; first >= "400" && first <= "499" || first >= "600" && first <= "799" {
		score++
	}
	if d[0] == '0' { // a telephone number, as a rule
		score -= 2
	}
	if score < 2 {
		return 0
	}
	return score
}

// touchesNumber tells that what was matched is part of something longer.
func touchesNumber(before, after string) bool {
	b, a := strings.TrimSuffix(before, " "), strings.TrimPrefix(after, " ")
	return b != "" && strings.ContainsAny(b[len(b)-1:], "0123456789£$+.,(") || a != "" && a[0] >= '0' && a[0] <= '9'
}

// isNINO checks a National Insurance number (HMRC NIM39110; rules.md 5.7).
func isNINO(s string) bool {
	s = strings.ReplaceAll(s, " ", "")
	if len(s) != 9 || strings.ContainsAny(s[:1], "DFIQUV") || strings.ContainsAny(s[1:2], "DFIOQUV") || s[8] < 'A' || s[8] > 'D' {
		return false
	}
	for _, r := range s[:2] {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	switch s[:2] {
	case "BG", "GB", "KN", "NK", "NT", "TN", "ZZ":
		return false
	}
	return len(digitsOf(s[2:8])) == 6
}

func scoreNINO(match, _, _ string) int {
	if !isNINO(match) {
		return 0
	}
	return 3
}

func scoreBirth(_, before, _ string) int {
	if has(last(before, 30), "dob", "d.o.b", "date of birth", "born") {
		return 3
	}
	return 0
}

var house = regexp.MustCompile(`\b\d{1,4}[a-z]?,? ([a-z’'-]+ ){1,3}(road|street|lane|avenue|close|drive|way|gardens|crescent|terrace|grove|court|place|hill|walk|rise|mews)\b`)

// scoreAddress: a postcode with the number of a house in a street before it. Offices have those as well, so
// it takes several, or words that say who lives there.
func scoreAddress(_, before, _ string) int {
	switch {
	case !house.MatchString(before):
		return 0
	case has(before, "home address", "lives at", "live at", "resident of", "residing at"):
		return 6
	case has(before, "council", "house,", "hall", "centre", "hospital", "surgery", "office", "trust", "floor", "building"):
		return 0
	}
	return 2
}

// scoreEmail: public bodies are no persons; a consumer's address counts twice.
func scoreEmail(match, _, _ string) int {
	_, domain, _ := strings.Cut(strings.ToLower(match), "@")
	for _, end := range []string{".gov.uk", ".nhs.uk", "nhs.net", ".police.uk", ".mod.uk", ".parliament.uk", ".ac.uk", ".gov.scot", ".gov.wales", ".gov", ".int"} {
		if strings.HasSuffix(domain, end) {
			return 0
		}
	}
	for _, d := range []string{"gmail.", "googlemail.", "hotmail.", "outlook.", "live.", "yahoo.", "btinternet.", "icloud.", "aol.", "sky.", "talktalk.", "virginmedia.", "ntlworld.", "protonmail.", "me.com", "msn."} {
		if strings.HasPrefix(domain, d) {
			return 2
		}
	}
	return 1
}

func scorePhone(_, _, after string) int {
	if after != "" && after[0] >= '0' && after[0] <= '9' {
		return 0
	}
	return 2
}

var account = regexp.MustCompile(`\b\d{8}\b`)

// scoreBank: a sort code with an account number near, or named as one.
func scoreBank(_, before, after string) int {
	if (account.MatchString(after) || account.MatchString(before)) && has(before+after, "sort code", "account", "bank") {
		return 3
	}
	return 0
}

func scoreCard(match, before, after string) int {
	d := digitsOf(match)
	if len(d) != 16 || sameDigits(d) || d[0] < '3' || d[0] > '6' || !luhn(d) || touchesNumber(before, after) {
		return 0
	}
	if len(match) == 19 || has(before, "card", "visa", "mastercard") { // written as on a card, or named
		return 3
	}
	return 0
}

// luhn checks the last digit of a card number.
func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		n, _ := strconv.Atoi(d[len(d)-1-i : len(d)-i])
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

func has(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }
