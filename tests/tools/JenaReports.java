// Apache Jena's opinion on many graphs in one run: which shapes each of them breaks, and which files do not parse.
//
// Reads lines of tab-separated fields:
//   base FILE          part of every graph that is validated
//   shapes FILE        the shapes, in one file or several
//   graph NAME FILE…   a graph to validate, together with the base
//   parse FILE         a file to parse by its suffix, where a mere warning counts as an error
// Writes lines of tab-separated fields, at least one for each graph and one for each file to parse:
//   conforms NAME
//   result NAME FOCUS-NODE COMPONENT [PATH], the path empty on a node shape and "a path" where it is no single property
//   parsed FILE
//   refused FILE MESSAGE

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import org.apache.jena.graph.Graph;
import org.apache.jena.graph.GraphUtil;
import org.apache.jena.graph.Node;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFLanguages;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.riot.RiotException;
import org.apache.jena.riot.system.ErrorHandlerFactory;
import org.apache.jena.riot.system.StreamRDFLib;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.shacl.ValidationReport;
import org.apache.jena.shacl.validation.ReportEntry;
import org.apache.jena.sparql.graph.GraphFactory;
import org.apache.jena.sparql.path.P_Link;
import org.apache.jena.sparql.path.Path;

public class JenaReports {
    private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    public static void main(String[] arguments) {
        List<String[]> lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
            .lines().map(line -> line.split("\t")).collect(Collectors.toList());
        Graph base = read(named("base", lines));
        Shapes shapes = Shapes.parse(read(named("shapes", lines)));
        for (String[] line : lines) {
            if (line[0].equals("graph")) {
                report(line[1], Arrays.asList(line).subList(2, line.length), base, shapes);
            } else if (line[0].equals("parse")) {
                parse(line[1]);
            }
        }
        OUT.flush();
    }

    private static List<String> named(String word, List<String[]> lines) {
        return lines.stream().filter(line -> line[0].equals(word)).map(line -> line[1]).collect(Collectors.toList());
    }

    private static Graph read(List<String> files) {
        Graph graph = GraphFactory.createDefaultGraph();
        files.forEach(file -> RDFParser.source(Paths.get(file)).lang(Lang.TURTLE).parse(graph));
        return graph;
    }

    private static void report(String name, List<String> files, Graph base, Shapes shapes) {
        Graph graph = read(files);
        GraphUtil.addInto(graph, base);
        ValidationReport report = ShaclValidator.get().validate(shapes, graph);
        if (report.conforms()) {
            write("conforms", name);
        }
        for (ReportEntry entry : report.getEntries()) {
            String component = text(entry.sourceConstraintComponent());
            write("result", name, text(entry.focusNode()), component, text(entry.resultPath()));
        }
    }

    private static void parse(String file) {
        try {
            RDFParser.source(Paths.get(file)).forceLang(RDFLanguages.filenameToLang(file, Lang.TURTLE)).checking(true)
                .errorHandler(ErrorHandlerFactory.errorHandlerStrictNoLogging).parse(StreamRDFLib.sinkNull());
            write("parsed", file);
        } catch (RiotException refusal) {
            write("refused", file, refusal.getMessage().replaceAll("\\s+", " "));
        }
    }

    private static String text(Node node) {
        return node.isURI() ? node.getURI() : node.toString();
    }

    private static String text(Path path) {
        if (path == null) {
            return "";
        }
        return path instanceof P_Link ? text(((P_Link) path).getNode()) : "a path";
    }

    private static void write(String... fields) {
        OUT.println(String.join("\t", fields));
    }
}
