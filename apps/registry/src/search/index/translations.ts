/** Words of everyday requests in German, Spanish and French, without accents, and what English APIs call them. */
const TRANSLATIONS = `
  list: auflisten anzeigen zeigen listar mostrar lister afficher
  get: abrufen holen lesen obtener leer ver obtenir recuperer lire
  search: suchen finden buscar encontrar chercher rechercher trouver
  create: anlegen erstellen erzeugen neu neue neuen neuer neues crear nuevo nueva creer nouveau nouvelle
  add: hinzufugen anadir agregar ajouter
  update: aktualisieren andern bearbeiten actualizar cambiar modificar editar modifier changer
  delete: loschen entfernen eliminar borrar quitar supprimer effacer retirer
  send: senden schicken verschicken enviar mandar envoyer
  cancel: stornieren abbrechen abbestellen cancelar anular annuler
  start: starten iniciar arrancar demarrer lancer
  stop: stoppen anhalten beenden detener parar arreter
  restart: neustarten reiniciar redemarrer
  download: herunterladen descargar telecharger
  upload: hochladen subir televerser
  copy: kopieren copiar copier
  move: verschieben mover deplacer
  share: teilen freigeben compartir partager
  assign: zuweisen asignar attribuer
  book: buchen reservar reserver
  pay: bezahlen zahlen pagar payer
  refund: erstatten zuruckzahlen erstattung reembolsar reembolso rembourser remboursement
  user: benutzer nutzer usuario utilisateur
  customer: kunde kunden kundin cliente client
  employee: mitarbeiter angestellter empleado employe
  contact: kontakt kontakte contacto contact
  group: gruppe grupo groupe
  role: rolle
  permission: berechtigung permiso autorisation
  password: passwort kennwort contrasena clave motdepasse
  account: konto cuenta compte
  order: bestellung auftrag pedido orden commande
  invoice: rechnung factura facture
  payment: zahlung pago paiement
  price: preis precio prix
  product: produkt artikel producto produit
  inventory: lager bestand inventario existencias stock inventaire
  shipment: sendung lieferung versand envio livraison expedition
  address: adresse anschrift direccion
  file: datei dateien archivo fichero fichier
  folder: ordner verzeichnis carpeta dossier
  document: dokument unterlagen documento
  image: bild foto imagen image
  message: nachricht nachrichten mensaje
  email: mail correo courriel
  text: texto texte
  comment: kommentar comentario commentaire
  notification: benachrichtigung notificacion
  task: aufgabe aufgaben tarea tache
  project: projekt proyecto projet
  team: mannschaft equipo equipe
  calendar: kalender calendario calendrier
  event: ereignis termin evento evenement
  appointment: termin cita rendezvous
  meeting: besprechung reunion
  report: bericht auswertung informe rapport
  status: zustand estado etat statut
  history: verlauf historial historique
  error: fehler erreur
  log: protokoll registro journal
  server: servidor serveur
  machine: maschine rechner maquina
  database: datenbank basededatos
  network: netzwerk reseau
  device: gerat dispositivo appareil
  domain: domane dominio domaine
  key: schlussel llave cle
  version: fassung
  settings: einstellungen ajustes configuracion parametres reglages
  language: sprache idioma langue
  weather: wetter tiempo meteo
  location: standort ort ubicacion lieu emplacement
  phone: telefon telefono
  call: anruf llamada appel
  number: nummer anzahl numero nombre
  name: nom
  date: datum fecha
  time: zeit hora heure
  day: tage dia jour
  week: woche semana semaine
  month: monat mes mois
  company: firma unternehmen empresa entreprise
  school: schule escuela ecole
  course: kurs curso cours
  patient: paciente
  question: frage pregunta
  answer: antwort respuesta reponse
  subscription: abonnement abo suscripcion
  current: aktuell gerade jetzt actual ahora actuel maintenant
  all: alle todos todas tous toutes
`;

/** Shorter roots are those of too many English words. */
const MIN_ROOT_LENGTH = 4;
const ENDINGS = /(?:en|er|es|ar|ir|os|as|e|o|a|s|n)$/;

const ENGLISH = new Map<string, string[]>();
for (const line of TRANSLATIONS.trim().split('\n')) {
  const [english = '', foreign = ''] = line.trim().split(': ');
  for (const word of foreign.split(' ')) ENGLISH.set(word, [...(ENGLISH.get(word) ?? []), english]);
}
for (const [word, english] of [...ENGLISH]) {
  const root = rootOf(word);
  if (root.length >= MIN_ROOT_LENGTH && !ENGLISH.has(root)) ENGLISH.set(root, english);
}

/** The English words for a German, Spanish or French one in lower case and without accents. */
export function englishOf(word: string): readonly string[] {
  return ENGLISH.get(word) ?? ENGLISH.get(rootOf(word)) ?? [];
}

/** Without the commonest endings of the three languages. */
function rootOf(word: string): string {
  return word.replace(ENDINGS, '');
}
