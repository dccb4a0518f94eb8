#!/usr/bin/env python3
# The statement of every budget in an NDJSON export, reckoned anew: the figures of fhir/money/README.md from that page alone, sharing nothing
# with the server. Python's standard library only.
#
#   recompute_statement.py FOLDER --to 2026-09-30 [--from 2026-04-01] [--under 10] [--seed 7]
#
# prints a line for each budget, in order of id: {"id": "…", "total": {figure: {"amount": "12.50", "entries": {"ChargeItem id": "12.50"}}},
# "by_funder": {key: {…}}, …}. The entries are taken in an order that the seed shuffles. What the page forbids ends with status 1.
import argparse
import datetime
import fractions
import json
import os
import random

B = 'https://careloom.example/fhir/'
FLOWS = ['planned', 'committed', 'charged', 'transferred', 'spent', 'contribution', 'reclaimed', 'gross', 'net']
STANDS = ['paid', 'outstanding', 'held', 'to-come', 'forecast']
ACCOUNTS = ['indicative', 'agreed', 'remaining', 'available']
FIGURE_OF = {'commitment': 'committed', 'charge': 'charged', 'transfer': 'transferred', 'spend': 'spent', 'contribution': 'contribution', 'reclaim': 'reclaimed'}
GROSS = {'charge': 1, 'transfer': 1, 'reclaim': -1}
NET = {'charge': 1, 'transfer': 1, 'reclaim': -1, 'contribution': -1}
HELD = {'transfer': 1, 'spend': -1, 'reclaim': -1}
WEEKS = {'d': fractions.Fraction(7), 'wk': fractions.Fraction(1), 'mo': fractions.Fraction(12, 52), 'a': fractions.Fraction(1, 52)}
WORDS = {'weekly': (1, 'wk'), 'fortnightly': (2, 'wk'), '4-weekly': (4, 'wk'), 'monthly': (1, 'mo'), 'quarterly': (3, 'mo'), 'annually': (1, 'a')}


class Written(str):
    """A number as it was written."""


def read_lines(folder, resource_type):
    path = os.path.join(folder, resource_type + '.ndjson')
    if not os.path.exists(path):
        return []
    with open(path, encoding='utf-8') as lines:
        return [json.loads(line, parse_float=Written, parse_int=Written) for line in lines]


def extension(resource, name):
    for one in resource.get('extension', []):
        if one.get('url') == B + 'StructureDefinition/' + name:
            return one
    return None


def code_in(concept, system):
    for coding in (concept or {}).get('coding', []):
        if coding.get('system') == B + 'CodeSystem/' + system:
            return coding.get('code', '')
    return ''


def code_extension(resource, name):
    one = extension(resource, name)
    return code_in(one.get('valueCodeableConcept'), name) if one else ''


def pence(money):
    amount = fractions.Fraction(money['value']) * 100
    if amount.denominator != 1 or amount < 0:
        raise ValueError('not an amount: ' + money['value'])
    return int(amount)


def pounds(amount):
    sign = '-' if amount < 0 else ''
    return '%s%d.%02d' % (sign, abs(amount) // 100, abs(amount) % 100)


def day(text):
    return datetime.date.fromisoformat(text[:10]).toordinal()


def id_of(reference, resource_type):
    parts = (reference or {}).get('reference', '').split('/')
    return parts[1] if len(parts) >= 2 and parts[0] == resource_type else None


def half_up(exact):
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def share(amount, count, k):
    """The k-th of `count` even parts, of which the first have the odd pennies."""
    sign = -1 if amount < 0 else 1
    whole, odd = divmod(abs(amount), count)
    return sign * (whole + (1 if k < odd else 0))


class Budget:
    def __init__(self, account):
        self.id = account['id']
        owner = account.get('owner', {})
        identifier = owner.get('identifier', {})
        if owner.get('reference'):
            self.owner = owner['reference'].split('/_history/')[0]
        elif identifier.get('value'):
            self.owner = identifier.get('system', '') + '|' + identifier['value']
        else:
            self.owner = 'none'
        self.mechanism = code_extension(account, 'delivery-mechanism') or 'none'
        period = account.get('servicePeriod', {})
        self.first = day(period['start']) if 'start' in period else None
        self.last = day(period['end']) if 'end' in period else None
        self.parent = id_of(account.get('partOf'), 'Account')
        self.amounts = {}
        for figure, name in (('indicative', 'indicative-amount'), ('agreed', 'agreed-amount')):
            one = extension(account, name)
            self.amounts[figure] = pence(one['valueMoney']) if one else None


class Line:
    """A planned line."""

    def __init__(self, item):
        price = extension(item, 'unit-price')
        self.price = pence(price['valueMoney']) if price else 0
        quantity = item.get('quantity', {}).get('value')
        quantity = None if quantity is None else fractions.Fraction(quantity)
        timing = item.get('occurrenceTiming', {})
        repeat = timing.get('repeat', {})
        bounds = repeat.get('boundsPeriod', {})
        self.first = day(item.get('occurrenceDateTime') or item.get('occurrencePeriod', bounds)['start'])
        self.last = day(bounds['end']) if 'end' in bounds else None
        coding = (timing.get('code', {}).get('coding') or [None])[0]
        word = coding.get('code', '') if coding else timing.get('code', {}).get('text', '')
        council = bool(coding) and coding.get('system') == B + 'CodeSystem/cld-cost-frequency'
        each = None
        if 'periodUnit' in repeat:
            each = WEEKS[repeat['periodUnit']] * fractions.Fraction(repeat.get('frequency', '1')) / fractions.Fraction(repeat.get('period', '1'))
        elif word.lower() in WORDS:
            count, unit = WORDS[word.lower()]
            each = WEEKS[unit] / count
        self.once = each is None and word.lower() in ('', 'one-off')
        units = 1 if quantity is None or council else quantity
        if self.once:
            self.units = units
        elif each is not None:
            self.units = each * units
        else:
            self.units = quantity or 0

    def cost_to(self, to, budget):
        """Of the days that the line shares with its budget, up to and with `to`."""
        first = self.first if budget.first is None else max(self.first, budget.first)
        last = min(one for one in (self.last, budget.last, to) if one is not None)
        if self.once:
            inside = first == self.first and (budget.last is None or self.first <= budget.last)
            return half_up(fractions.Fraction(self.price) * self.units) if inside and self.first <= to else 0
        if last < first:
            return 0
        return half_up(fractions.Fraction(self.price) * self.units * (last - first + 1) / 7)


class Entry:
    def __init__(self, item):
        self.id = item['id']
        self.kind = code_extension(item, 'charge-kind')
        self.counts = item.get('status') not in ('entered-in-error', 'aborted', 'not-billable')
        (account,) = item['account']
        self.account = id_of(account, 'Account')
        self.mechanism = code_extension(item, 'delivery-mechanism')
        goals = (id_of(one, 'Goal') for one in item.get('supportingInformation', []))
        self.goals = sorted({goal for goal in goals if goal}, key=lambda goal: goal.encode())
        part_of = item.get('partOf') or [None]
        self.part_of = id_of(part_of[0], 'ChargeItem')
        self.line = Line(item) if self.kind == 'planned' else None
        if self.line:
            self.day = self.line.first
        else:
            self.amount = pence(item['priceOverride'])
            self.day = day(item.get('occurrenceDateTime') or item['occurrencePeriod']['start'])


class Tally:
    """Figures by group, each with what its entries add."""

    def __init__(self):
        self.groups = {}

    def add(self, dimension, key, figure, entry, amount):
        entries = self.groups.setdefault((dimension, key), {}).setdefault(figure, {})
        entries[entry] = entries.get(entry, 0) + amount

    def put(self, figure, sign, counted, like, budget, to, before=0):
        """What is counted under `like`'s headings: `to` less `before`."""
        for dimension, key in (('total', ''), ('by_funder', budget.owner), ('by_mechanism', like.mechanism or budget.mechanism)):
            self.add(dimension, key, figure, counted.id, sign * (to - before))
        if not like.goals:
            self.add('by_goal', 'none', figure, counted.id, sign * (to - before))
        for k, goal in enumerate(like.goals):
            self.add('by_goal', goal, figure, counted.id, sign * (share(to, len(like.goals), k) - share(before, len(like.goals), k)))


def state(budgets, entries, window_from, to, under_percent):
    by_id = {entry.id: entry for entry in entries}
    homes = {budget.id: budget for budget in budgets}
    tally = Tally()
    open_commitments, met, reversed_ids = {}, {}, set()
    first_days = {budget.id: budget.first for budget in budgets}
    for budget in budgets:
        if budget.first is None:
            first_days[budget.id] = min([entry.day for entry in entries if entry.account == budget.id], default=None)
    for entry in entries:
        budget = homes[entry.account]
        beginning = first_days[budget.id]
        first = beginning if window_from is None else window_from
        if entry.line:
            until, before = entry.line.cost_to(to, budget), entry.line.cost_to(first - 1, budget)
            tally.put('planned', 1, entry, entry, budget, until, before)
            if budget.last is not None and budget.last > to:
                whole = entry.line.cost_to(budget.last, budget)
                tally.put('to-come', 1, entry, entry, budget, whole, until)
            continue
        like, sign = entry, 1
        if entry.kind == 'reversal':
            like, sign = by_id[entry.part_of], -1
            if like.id in reversed_ids or like.kind in ('planned', 'reversal') or like.account != entry.account:
                raise ValueError('ChargeItem/' + entry.id + ' cannot take back ChargeItem/' + like.id)
            reversed_ids.add(like.id)
        if entry.day > to:
            continue
        if entry.day >= first:
            tally.put(FIGURE_OF[like.kind], sign, entry, like, budget, like.amount)
            if like.kind in GROSS:
                tally.put('gross', sign * GROSS[like.kind], entry, like, budget, like.amount)
            if like.kind in NET:
                tally.put('net', sign * NET[like.kind], entry, like, budget, like.amount)
        if entry.day >= min(first, beginning):
            if like.kind in GROSS:
                tally.put('paid', sign * GROSS[like.kind], entry, like, budget, like.amount)
            if like.kind in HELD:
                tally.put('held', sign * HELD[like.kind], entry, like, budget, like.amount)
            if like.kind == 'commitment':
                open_commitments[like.id] = open_commitments.get(like.id, 0) + sign * like.amount
            if like.kind == 'charge' and like.part_of:
                met[like.part_of] = met.get(like.part_of, 0) + sign * like.amount
    for commitment, amount in open_commitments.items():
        left = amount - met.get(commitment, 0)
        if left > 0:
            tally.put('outstanding', 1, by_id[commitment], by_id[commitment], homes[by_id[commitment].account], left)
    return show(tally, budgets, under_percent)


def show(tally, budgets, under_percent):
    shown = {'total': None, 'by_funder': {}, 'by_mechanism': {}, 'by_goal': {}}
    keys = set(tally.groups) | {('total', '')} | {('by_funder', budget.owner) for budget in budgets}
    for dimension, key in keys:
        own = [budget for budget in budgets if dimension == 'total' or budget.owner == key] if dimension in ('total', 'by_funder') else []
        figures = one_group(tally.groups.get((dimension, key), {}), own, own or budgets, under_percent)
        if dimension == 'total':
            shown['total'] = figures
        elif own or any(figure['entries'] for figure in figures.values()):
            shown[dimension][key] = figures
    return shown


def one_group(entries, own, forecast_of, under_percent):
    parts = {figure: dict(entries.get(figure, {})) for figure in FLOWS + STANDS}
    if all(budget.last is not None for budget in forecast_of):
        parts['forecast'] = plus((1, parts['paid']), (1, parts['to-come']))
    else:
        del parts['forecast'], parts['to-come']
    amounts = {figure: sum(of.values()) for figure, of in parts.items()}
    if own:
        for figure in ('indicative', 'agreed'):
            if all(budget.amounts[figure] is not None for budget in own):
                amounts[figure] = sum(budget.amounts[figure] for budget in own)
                parts[figure] = {}
        if 'agreed' in amounts:
            amounts['remaining'] = amounts['agreed'] - amounts['paid']
            parts['remaining'] = plus((-1, parts['paid']))
            amounts['available'] = amounts['remaining'] - amounts['outstanding']
            parts['available'] = plus((-1, parts['paid']), (-1, parts['outstanding']))
    figures = {figure: {'amount': pounds(amounts[figure]), 'entries': {entry: pounds(part) for entry, part in sorted(parts[figure].items()) if part != 0}} for figure in amounts}
    if 'agreed' in amounts:
        figures['over'] = amounts.get('forecast', amounts['paid']) > amounts['agreed']
        figures['under'] = 'forecast' in amounts and amounts['forecast'] * 100 < amounts['agreed'] * (100 - under_percent)
    return figures


def plus(*signed):
    total = {}
    for sign, parts in signed:
        for entry, amount in parts.items():
            total[entry] = total.get(entry, 0) + sign * amount
    return total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('folder')
    parser.add_argument('--from', dest='first')
    parser.add_argument('--to', required=True)
    parser.add_argument('--under', type=int, default=10)
    parser.add_argument('--seed', type=int, default=7)
    arguments = parser.parse_args()
    accounts = [one for one in read_lines(arguments.folder, 'Account') if code_in(one.get('type'), 'budget-type')]
    budgets = [Budget(account) for account in accounts]
    items = [one for one in read_lines(arguments.folder, 'ChargeItem') if extension(one, 'charge-kind') and one.get('account')]
    entries = [Entry(item) for item in items]
    random.Random(arguments.seed).shuffle(entries)
    by_account, children = {}, {}
    for budget in budgets:
        children.setdefault(budget.parent, []).append(budget)
    for entry in entries:
        if entry.counts:
            by_account.setdefault(entry.account, []).append(entry)
    for budget in sorted(budgets, key=lambda one: one.id):
        of = children.get(budget.id, [budget])
        ids = [one.id for one in of]
        own = [entry for one in ids for entry in by_account.get(one, [])]
        statement = state(of, own, day(arguments.first) if arguments.first else None, day(arguments.to), arguments.under)
        statement['id'] = budget.id
        print(json.dumps(statement, sort_keys=True))


main()
