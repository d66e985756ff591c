import java.io.File;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyManager;
import org.semanticweb.owlapi.profiles.OWLProfileViolation;
import org.semanticweb.owlapi.profiles.Profiles;
import org.semanticweb.owlapi.util.SimpleIRIMapper;

/** Prints what keeps ontologies out of a profile of OWL 2, a violation a line. usage: OwlProfile RL|DL FILE… [IRI=FILE…], the latter for what they import. */
public class OwlProfile {
  public static void main(String[] words) throws Exception {
    Profiles profile = Profiles.valueOf("OWL2_" + words[0]);
    for (int i = 1; i < words.length; i++) {
      if (words[i].contains("=")) continue;
      OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
      for (String imported : words) {
        int at = imported.indexOf('=');
        if (at > 0) manager.getIRIMappers().add(new SimpleIRIMapper(IRI.create(imported.substring(0, at)), IRI.create(new File(imported.substring(at + 1)))));
      }
      OWLOntology ontology = manager.loadOntologyFromOntologyDocument(new File(words[i]));
      for (OWLProfileViolation violation : profile.checkOntology(ontology).getViolations()) System.out.println(violation);
      System.out.println("checked " + ontology.getAxiomCount() + " axioms of " + words[i]);
    }
  }
}
