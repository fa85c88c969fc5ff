#!/usr/bin/perl
#   manual.pl - the manual describes every function as it is declared
#
#   usage: manual.pl [ROOT]
#
#   1. Each function that a public header exports stands in the NAME of a page in
#      doc/man3, and in its SYNOPSIS with the same prototype.
#   2. Each page is in Makefile.am, so that it is installed, and no line of it but
#      the first begins with ', which would make it an unknown command.
#   3. Links between the Markdown files lead to files.
#
#   SPDX-License-Identifier: MPL-2.0

use strict;
use warnings;

my $root = $ARGV [0] // $ENV{srcdir} // '.';
my $findings = 0;

sub finding
{
    my ($path, $text) = @_;
    print "$path: $text\n";
    $findings++;
}

sub slurp
{
    my ($path) = @_;
    open my $file, '<', "$root/$path" or die "$root/$path: $!\n";
    local $/;
    return <$file>;
}

sub files
{
    return map { s{^\Q$root\E/}{}r } sort map { glob "$root/$_" } @_;
}

#   Returns a prototype without the additions of layout and macros.
sub squeezed
{
    my ($text) = @_;
    $text =~ s/\s+/ /g;
    $text =~ s/ ?([(),*;]) ?/$1/g;
    return $text;
}

#   Returns the text of a section of a page, without roff's commands.
sub section
{
    my ($page, $title) = @_;
    my ($text) = $page =~ /^\.SH $title\n(.*?)(?=^\.SH )/ms or return '';
    $text =~ s/^\.BI (.*)$/join '', map { s{^"|"$}{}gr } $1 =~ m{"[^"]*"|\S+}g/gme;
    $text =~ s/^\.B (.*)$/$1/gm;
    $text =~ s/^\.[A-Za-z].*$//gm;
    return $text =~ s/\\-/-/gr;
}

my %synopsis; #   by the names that a page gives
my $makefile = slurp ('doc/local.mk') =~ s{%D%}{doc}gr;
foreach my $path (files ('doc/man?/*')) {
    my $page = slurp ($path);
    finding ($path, 'doc/local.mk does not name it')
        unless $makefile =~ /\s\Q$path\E\s/;
    finding ($path, "is not shown: $1") while $page =~ /\n('.*)/g;
    my ($names) = section ($page, 'NAME') =~ /^(.*?) - /s;
    my $synopsis = squeezed (section ($page, 'SYNOPSIS'));
    $synopsis{$_} = $synopsis foreach split /,\s*/, $names // '';
}

foreach my $path (files ('lib/weir/*.h')) {
    my $header = slurp ($path) =~ s{//[^\n]*|/\*.*?\*/}{}gsr;
    while ($header =~ /WEIR_EXPORT\s+(?:WEIR_CHECK\s+)?([^;]*?\b(weir_\w+) \([^;]*\);)/g) {
        my ($prototype, $name) = (squeezed ($1), $2);
        finding ($path, "no page of doc/man3 has $name in its NAME")
            unless $synopsis{$name};
        finding ($path, "the page of $name does not show: $prototype")
            if $synopsis{$name} && index ($synopsis{$name}, $prototype) < 0;
    }
}

foreach my $path (files ('*.md', 'doc/*.md')) {
    my $folder = $path =~ m{^(.*/)} ? $1 : '';
    foreach (slurp ($path) =~ /\]\(([^)#:]+)(?:#[^)]*)?\)/g) {
        finding ($path, "leads to nothing: $_") unless -e "$root/$folder$_";
    }
}
print "$findings findings\n" if $findings;
exit ($findings ? 1 : 0);
